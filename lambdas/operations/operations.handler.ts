import { makeInvokeNamed } from '../platform/aws/invoke-lambda.ts';
import { openProviderQueues } from '../platform/aws/redrivable-queues.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeEventQueues } from './event-queues.ts';
import { evidenceVariables, openEvidencePorts } from './evidence-ports.ts';
import { makeHandleOperatorCommand } from './handle-operator-command.ts';
import { openSecretPorts, secretVariables } from './secret-operations-ports.ts';
import { readServedApi, servedApiVariables } from './verified-caller.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'DELIVERY_QUEUES',
  'JOB_FUNCTIONS',
  'STAGE',
  ...evidenceVariables,
  ...servedApiVariables,
  ...secretVariables,
]);
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 2,
  applicationName: 'operations',
  fetch: fetchSecretValue,
  now: systemClock,
});

export const handler = makeHandleOperatorCommand({
  pool,
  queues: makeEventQueues(openProviderQueues(env.DELIVERY_QUEUES)),
  startJob: makeInvokeNamed(env.JOB_FUNCTIONS),
  servedApi: readServedApi(env),
  ...openEvidencePorts(env),
  ...openSecretPorts(env, systemClock),
  now: systemClock,
  stage: env.STAGE,
});
