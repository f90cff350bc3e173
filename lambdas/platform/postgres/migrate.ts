import { runner } from 'node-pg-migrate';

/**
 * Brings the database to the newest migration in `directory`; runs that overlap wait for each other.
 * `url` must be the direct one: the lock is a session's, which a transaction-mode pooler does not keep.
 */
export async function migrate(url: string, directory: string): Promise<readonly string[]> {
  const applied = await runner({
    databaseUrl: url,
    dir: directory,
    direction: 'up',
    migrationsTable: 'schema_migrations',
    ignorePattern: 'schema\\.sql',
    log: () => {},
  });
  return applied.map(({ name }) => name);
}
