import { jobNamed } from '../../catalog/jobs.ts';
import { makeJobRuns } from '../../jobs/job-runs.queries.ts';
import { makeJob } from '../../jobs/run-job.ts';
import { fetchSecretValue } from '../../platform/aws/secrets.ts';
import { systemClock } from '../../platform/clock.ts';
import { readEnv } from '../../platform/env.ts';
import { databasePool } from '../../platform/postgres/database-secret.ts';
import { cachedSecret } from '../../platform/secret-cache.ts';
import { makeCompareSuppressions } from './compare-suppressions.ts';
import { contactsOf, contactVariables } from './effects.ts';
import { parseSuppressionRule } from './suppression.ts';
import { openResendSuppressions } from './suppressions-api.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'RESEND_WEBHOOKS_KEY_SECRET_ID',
  ...contactVariables,
  'SUPPRESSION_RULE',
]);
const { name, timeoutSeconds } = jobNamed('compare-suppressions');
const aws = { fetch: fetchSecretValue, now: systemClock };
const database = { secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: name };
const pool = databasePool({ ...database, ...aws });
const run = makeCompareSuppressions({
  pool,
  suppressions: openResendSuppressions({
    apiKey: cachedSecret({ secretId: env.RESEND_WEBHOOKS_KEY_SECRET_ID, ...aws }),
  }),
  rule: parseSuppressionRule(env.SUPPRESSION_RULE),
  contacts: contactsOf(env),
  now: systemClock,
});

export const handler = makeJob({
  name,
  run,
  runs: makeJobRuns(pool, timeoutSeconds),
  now: aws.now,
});
