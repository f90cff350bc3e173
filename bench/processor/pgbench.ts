import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { assetsOf, type Load, OWNER } from '../load.ts';
import type { Flight, Statement } from './record-statements.ts';

/** Consecutive batches of ten events of a load. */
export interface Recording {
  readonly load: Load;
  readonly batches: readonly (readonly Flight[])[];
}

// Stands for the eight characters of recorded ids that differ between iterations.
const KEY = '@@@@@@@@';
const CLIENTS = 8;
// Iterations of one client, more than a slice can run.
const ITERATIONS = 5_000;
// Coprime factors scatter the keys of consecutive iterations over the indexes, as random ids are.
const keyOf = (iteration: string) => `10000000 + (${iteration} * 55555583) % 89999999`;

/** Marks the first eight characters of every id, so that each iteration writes its own rows. */
export function withKeys({ load }: Recording, text: string): string {
  const mark = (id: string) => (id === OWNER ? id : `${KEY}${id.slice(KEY.length)}`);
  const muxIds = assetsOf(load).flatMap(({ assetId, uploadId }) => [assetId, uploadId]);
  const keyed = text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, mark)
    .replaceAll(/(webhook-mux#).{8}/g, `$1${KEY}`);
  return muxIds.reduce((all, id) => all.replaceAll(id, mark(id)), keyed);
}

/** Writes a script with the recorded statements in the recorded round trips. */
export function pgbenchScript(recording: Recording) {
  const variables: Record<string, string> = { n: '0' };
  const parameter = (value: string | null): string => {
    if (value === null) return 'null';
    const name = `p${Object.keys(variables).length}`;
    variables[name] = withKeys(recording, value);
    return variables[name].includes(KEY) ? `replace(:${name}, '${KEY}', :key)` : `:${name}`;
  };
  const toSql = ({ text, values }: Statement) => {
    const parameters = values.map(parameter);
    return text
      .replaceAll(/\$(\d+)/g, (_, number) => parameters[Number(number) - 1] ?? 'null')
      .split(';')
      .map((part) => `${part.trim().replaceAll(/\s+/g, ' ')};`);
  };
  const flights = recording.batches
    .flat()
    .flatMap((flight) => ['\\startpipeline', ...flight.flatMap(toSql), '\\endpipeline']);
  const key = keyOf(`(:client_id * ${ITERATIONS} + :n)`);
  return { script: ['\\set n :n + 1', `\\set key ${key}`, ...flights, ''].join('\n'), variables };
}

const INSERT_ASSETS = `
  with owner as (
    insert into portal.users (id, email, name) values ($2::uuid, 'owner@example.org', 'Owner')
  )
  insert into portal.assets (id, owner_id, title, mux_upload_id)
  select replace(id, '${KEY}', key)::uuid, $2::uuid, title, replace(upload_id, '${KEY}', key)
  from jsonb_to_recordset($1::jsonb) as asset (id text, title text, upload_id text),
       lateral (select (${keyOf('iteration')})::text as key
                from generate_series(1, ${CLIENTS * ITERATIONS}::bigint) as iteration) as keys`;

/** Inserts the assets that the iterations of the script change. */
export async function insertKeyedAssets(pool: pg.Pool, recording: Recording): Promise<void> {
  const values = recording.batches.flat(2).flatMap((statement) => statement.values);
  const assets = assetsOf(recording.load)
    .filter(({ uploadId }) => values.some((value) => value?.includes(uploadId)))
    .map(({ passthrough, uploadId, title }) => ({ id: passthrough, upload_id: uploadId, title }));
  await pool.query(INSERT_ASSETS, [withKeys(recording, JSON.stringify(assets)), OWNER]);
}

/** @returns events a second, without the time to connect. */
export function runPgbench(
  recording: Recording,
  url: string,
  seconds: number,
  directory: string,
): number {
  const { script, variables } = pgbenchScript(recording);
  const file = join(directory, 'batches.sql');
  writeFileSync(file, script);
  const definitions = Object.entries(variables).map(([name, value]) => `-D${name}=${value}`);
  const options = `-n -M prepared -c ${CLIENTS} -j 2 -T ${seconds} -f ${file}`.split(' ');
  const args = [...options, ...definitions, url];
  const { status, stdout, stderr } = spawnSync('pgbench', args, { encoding: 'utf8' });
  const [, rate] = /tps = ([\d.]+) \(without initial/.exec(stdout) ?? [];
  if (status !== 0 || rate === undefined) throw new Error(`pgbench failed:\n${stderr}`);
  return Number(rate) * recording.batches.length * 10;
}
