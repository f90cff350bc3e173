import type { GetPool } from '../../platform/postgres/database.ts';
import {
  type DatabaseSecretSource,
  databasePool,
} from '../../platform/postgres/database-secret.ts';

type ProcessorPoolSource = Pick<
  DatabaseSecretSource,
  'secretId' | 'applicationName' | 'fetch' | 'now'
>;

// Returns a batch within 10 s while Postgres does not answer.
const QUERY_TIMEOUT_MS = 8_000;

/** Returns the pool of one processor, which handles one batch at a time. */
export const processorPool = (source: ProcessorPoolSource): GetPool =>
  databasePool({ ...source, connections: 1, prepares: true, queryTimeoutMs: QUERY_TIMEOUT_MS });
