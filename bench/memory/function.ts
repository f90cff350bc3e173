import { existsSync, readFileSync } from 'node:fs';
import { getHeapSpaceStatistics } from 'node:v8';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** What a batch left behind. */
export interface Handled {
  readonly rssMb: number;
}

/** What the memory is taken for, and what of it is in use once all garbage is collected. In MB. */
export interface Held {
  readonly young: number;
  readonly old: number;
  /** Buffers. */
  readonly external: number;
  readonly used: number;
  /** Of the program and its libraries, as they are on the disk: other processes share it. Zero where only Linux would say. */
  readonly mapped: number;
}

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const [file = ''] = process.argv.slice(2);
const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
const { handler } = (await import(file)) as { readonly handler: Handler };

process.on('message', async (event: SQSEvent | 'look') => {
  if (event === 'look') return process.send?.(look());
  await handler(event, context);
  return process.send?.({ rssMb: toMb(process.memoryUsage().rss) } satisfies Handled);
});

function look(): Held {
  const spaces = getHeapSpaceStatistics();
  const sizeOf = (isIn: (name: string) => boolean) =>
    spaces.reduce(
      (sum, { space_name, physical_space_size: size }) => sum + (isIn(space_name) ? size : 0),
      0,
    );
  const isYoung = (name: string) => name.startsWith('new_');
  const [young, old] = [sizeOf(isYoung), sizeOf((name) => !isYoung(name))];
  const { external } = process.memoryUsage();
  const mapped = mappedFromFiles();
  if (globalThis.gc === undefined) throw new Error('Node was started without --expose-gc.');
  globalThis.gc();
  const { heapUsed } = process.memoryUsage();
  return {
    young: toMb(young),
    old: toMb(old),
    external: toMb(external),
    used: toMb(heapUsed),
    mapped,
  };
}

// https://docs.kernel.org/filesystems/proc.html
function mappedFromFiles(): number {
  const status = '/proc/self/status';
  if (!existsSync(status)) return 0;
  const [, kilobytes = '0'] = /^RssFile:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8')) ?? [];
  return toMb(Number(kilobytes) * 1024);
}

function toMb(bytes: number): number {
  return bytes / 2 ** 20;
}
