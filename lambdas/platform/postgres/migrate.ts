import { readFile } from 'node:fs/promises';
import { type MigrationBuilder, runner } from 'node-pg-migrate';

/**
 * Applies all new migrations of `directory`, each in a transaction of its own, and returns their
 * names. Overlapping runs wait for each other on an advisory lock. That lock belongs to the
 * session, which a transaction-mode pooler does not keep, so `url` must lead to Postgres directly.
 */
export async function migrate(url: string, directory: string): Promise<readonly string[]> {
  const applied = await runner({
    databaseUrl: url,
    dir: directory,
    direction: 'up',
    migrationsTable: 'schema_migrations',
    ignorePattern: 'schema\\.sql|README\\.md',
    migrationLoaderStrategies: [{ extensions: ['.sql'], loader: readMigrations }],
    log: () => {},
  });
  return applied.map(({ name }) => name);
}

const NO_TRANSACTION = /^-- No transaction$/m;
const DOWN = /^-- Down Migration$/m;

const readMigrations = (filePaths: readonly string[]) => Promise.all(filePaths.map(readMigration));

async function readMigration(filePath: string) {
  const [up = '', down = ''] = (await readFile(filePath, 'utf8')).split(DOWN);
  return { id: filePath, filePaths: [filePath], actions: { up: run(up), down: run(down) } };
}

/**
 * Runs the SQL as one query, or statement by statement for a file marked `-- No transaction`:
 * Postgres wraps several statements of one query in a transaction, in which
 * `create index concurrently` is not allowed.
 */
const run = (sql: string) => (builder: MigrationBuilder) => {
  if (!NO_TRANSACTION.test(sql)) return builder.sql(sql);
  builder.noTransaction();
  for (const statement of statementsOf(sql)) builder.sql(statement);
};

/** Splits at semicolons that end a line; migrations without a transaction hold no functions. */
export const statementsOf = (sql: string): readonly string[] =>
  sql
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
