import type { SQSRecord } from 'aws-lambda';
import pg from 'pg';
import { openDatabase } from '../../lambdas/platform/postgres/database.ts';
import { type LoadSettings, makeBatches } from './load.ts';
import { makeNaive } from './naive.ts';
import { makeOurs, type ProcessBatch } from './ours.ts';

export type Variant = 'ours' | 'naive' | 'insert';

/** What one process has to do: it takes each `of`-th batch, beginning with `share`. */
export interface Task {
  readonly variant: Variant;
  readonly url: string;
  readonly writers: number;
  readonly load: LoadSettings;
  readonly share: number;
  readonly of: number;
  readonly seconds: number;
}

export interface Done {
  readonly events: number;
  readonly batches: number;
  readonly returned: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly logBytes: number;
  readonly rssMb: number;
  /** There was nothing left to do before the time was over: the load is too small. */
  readonly ranDry: boolean;
}

interface Writer {
  readonly process: ProcessBatch;
  close(): Promise<unknown>;
}

let prepared:
  | { readonly task: Task; readonly writers: Writer[]; readonly batches: SQSRecord[][] }
  | undefined;

const logged = countLog();

/** What the functions write to their log is written, and counted. */
function countLog(): { bytes: number } {
  const counted = { bytes: 0 };
  const write = process.stdout.write.bind(process.stdout) as (text: string) => boolean;
  process.stdout.write = ((text: string) => {
    counted.bytes += Buffer.byteLength(text);
    return write(text);
  }) as typeof process.stdout.write;
  return counted;
}

/** A process of the benchmark's: prepares, says so, and begins when it is told to, at the same time as the others. */
process.on('message', async (message: Task | 'go') => {
  if (message !== 'go') {
    const batches = [...makeBatches(message.load)].filter(
      (_, index) => index % message.of === message.share,
    );
    const writers = await Promise.all(
      Array.from({ length: message.writers }, () => openWriter(message)),
    );
    prepared = { task: message, writers, batches };
    process.send?.('ready');
  } else if (prepared !== undefined) {
    process.send?.(await run(prepared.task, prepared.writers, prepared.batches));
    await Promise.all(prepared.writers.map((writer) => writer.close()));
  }
});

async function run(
  task: Task,
  writers: readonly Writer[],
  batches: readonly SQSRecord[][],
): Promise<Done> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const logBefore = logged.bytes;
  const until = startedAt + task.seconds * 1000;
  let [next, events, returned] = [0, 0, 0];
  await Promise.all(
    writers.map(async (writer) => {
      while (performance.now() < until && next < batches.length) {
        const batch = batches[next++] as SQSRecord[];
        returned += await writer.process(batch);
        events += batch.length;
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    ...{ events, returned, batches: next },
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
    logBytes: logged.bytes - logBefore,
    rssMb: process.memoryUsage().rss / 2 ** 20,
    ranDry: next >= batches.length,
  };
}

/** Each has the connections that one Lambda has. */
async function openWriter({ variant, url }: Task): Promise<Writer> {
  const pools = Array.from({ length: variant === 'naive' ? 2 : 1 }, () =>
    variant === 'ours'
      ? openDatabase({ url, connections: 1, applicationName: 'bench-ours', prepares: true })
      : new pg.Pool({ connectionString: url, max: 1, application_name: `bench-${variant}` }),
  );
  await Promise.all(pools.map((pool) => pool.query('select 1')));
  const [first, second] = pools as [pg.Pool, pg.Pool];
  const makers = {
    ours: () => makeOurs(first),
    naive: () => makeNaive(first, second),
    insert: () => makeInsert(first),
  };
  return { process: makers[variant](), close: () => Promise.all(pools.map((pool) => pool.end())) };
}

export const INSERT_ONE = `
  insert into portal.webhook_events (source, event_id, type, status, body, received_at)
  values ('bench', $1::text, 'video.asset.ready', 'processed', $2::text, now())
  on conflict (source, event_id) do nothing`;

function makeInsert(pool: pg.Pool): ProcessBatch {
  return async (records) => {
    for (const { messageId, body } of records)
      await pool.query({ name: 'insert-one', text: INSERT_ONE, values: [messageId, body] });
    return 0;
  };
}
