import { openEvidenceBucket } from '../platform/aws/evidence-bucket.ts';
import { makeInvokeNamed } from '../platform/aws/invoke-lambda.ts';
import { openProviderQueues } from '../platform/aws/redrivable-queues.ts';
import { fetchSecretValue as fetch } from '../platform/aws/secrets.ts';
import { systemClock as now } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeHandleOperation } from './handle-operation.ts';
import { makeOperationsStore } from './operations-store.ts';
import { makeQueueOperations } from './queue-operations.ts';
import { openSecrets, secretVariables } from './secret-operations-ports.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'DELIVERY_QUEUES',
  'JOB_FUNCTIONS',
  'READABLE_EVIDENCE_BUCKET',
]);
const database = {
  secretId: env.DATABASE_SECRET_ID,
  connections: 2,
  applicationName: 'operations',
  fetch,
  now,
};
const store = makeOperationsStore(databasePool(database), now);
const queues = makeQueueOperations(openProviderQueues(env.DELIVERY_QUEUES));
const evidence = openEvidenceBucket(env.READABLE_EVIDENCE_BUCKET);
const startJob = makeInvokeNamed(env.JOB_FUNCTIONS);
const signing = openSecrets(readEnv(secretVariables), now);
export const handler = makeHandleOperation({ store, queues, evidence, startJob, ...signing, now });
