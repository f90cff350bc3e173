import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../lambdas/platform/postgres/migrate.ts';
import type { BenchDatabase } from '../database.ts';

const migrations = join(import.meta.dirname, '../../migrations');

/** Databases that are filled once and copied for each run: a million rows take longer to write than to copy. */
export class Copies {
  readonly #admin: pg.Client;
  readonly #urlOf: (name: string) => string;

  private constructor(admin: pg.Client, urlOf: (name: string) => string) {
    this.#admin = admin;
    this.#urlOf = urlOf;
  }

  static async open({ watchUrl }: BenchDatabase): Promise<Copies> {
    const admin = new pg.Client(watchUrl);
    admin.on('error', () => {});
    await admin.connect();
    return new Copies(admin, (name) => Object.assign(new URL(watchUrl), { pathname: name }).href);
  }

  async fill(name: string, rows: (pool: pg.Pool) => Promise<void>): Promise<void> {
    await this.#admin.query(`create database ${name}`);
    await migrate(this.#urlOf(name), migrations);
    const pool = new pg.Pool({ connectionString: this.#urlOf(name), max: 1 });
    pool.on('error', () => {});
    await rows(pool);
    await pool.query('vacuum analyze');
    await pool.end();
  }

  /** Copying ends with a checkpoint, so that none of it falls into the run. */
  async use<Result>(name: string, run: (url: string) => Promise<Result>): Promise<Result> {
    await this.#admin.query(`create database run template ${name} strategy file_copy`);
    try {
      return await run(this.#urlOf('run'));
    } finally {
      await this.#admin.query('drop database run with (force)');
    }
  }

  async close(): Promise<void> {
    await this.#admin.end();
  }
}
