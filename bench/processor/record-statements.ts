import type pg from 'pg';
import { openDatabase } from '../../lambdas/platform/postgres/database.ts';
import { aMuxProcessor } from '../../test/support/processor.ts';
import { makeRecords } from '../load.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** Statements that were sent before any of them was answered: one round trip. */
export type Flight = readonly Statement[];

type Query = (config: string | pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult>;

let flights: Statement[][] = [];
let pending = 0;

function recordQueries(client: pg.PoolClient): void {
  const send = client.query.bind(client) as Query;
  const record: Query = (config, values) => {
    const { text, values: sent = [] } = typeof config === 'string' ? { text: config } : config;
    if (pending === 0) flights.push([]);
    flights.at(-1)?.push({ text, values: (values ?? sent).map(toText) });
    pending += 1;
    return send(config, values).finally(() => {
      pending -= 1;
    });
  };
  client.query = record as typeof client.query;
}

/** Writes a parameter as the driver sends it. */
function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map((item) => JSON.stringify(String(item))).join()}}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

// Sends the flights of each batch of a load, processed one after the other on one connection.
const [url = '', load = ''] = process.argv.slice(2);
const pool = openDatabase({ url, connections: 1, applicationName: 'bench', prepares: true });
pool.on('connect', recordQueries);
const processor = aMuxProcessor(pool);
const records = makeRecords(JSON.parse(load));
const recorded: Flight[][] = [];
while (records.length > 0) {
  await processor.process(records.splice(0, 10));
  recorded.push(flights);
  flights = [];
}
await pool.end();
process.send?.(recorded);
