import { openProviderQueues } from '../pipeline/provider-queues.ts';
import { makeQueueOperations } from '../pipeline/queue-operations.ts';
import { openEvidenceBucket } from '../residency/evidence-bucket.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { makeInvokeNamed } from '../runtime/invoke-function.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { databasePool } from '../store/database-secret.ts';
import { makeOperationsStore } from '../store/operations-store.ts';
import { makeHandleOperation } from './handle-operation.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'DELIVERY_QUEUES', 'JOB_FUNCTIONS', 'READABLE_EVIDENCE_BUCKET']);
const database = { secretId: env.DATABASE_SECRET_ID, connections: 2, applicationName: 'operations', fetch, now };
const store = makeOperationsStore(databasePool(database), now);
const queues = makeQueueOperations(openProviderQueues(env.DELIVERY_QUEUES));
const evidence = openEvidenceBucket(env.READABLE_EVIDENCE_BUCKET);
const startJob = makeInvokeNamed(env.JOB_FUNCTIONS);

export const handler = makeHandleOperation({ store, queues, evidence, startJob, now });
