import type { Measured } from '../report.ts';
import type { Samples } from '../samples.ts';

export interface Watching {
  readonly batch: number;
  /** In events. */
  readonly settling: number;
  readonly watched: number;
  /** Of the function. */
  readonly memoryMb: number;
}

export type When = 'early' | 'late';

const places = {
  mapped: 'program and libraries, as they are on the disk',
  outside: 'what Node takes besides: compiled code, stacks, what its libraries allocate and keep',
  young: 'the young generation of the heap',
  old: 'the old generation of the heap',
  external: 'buffers',
  used: 'of the heap in use once garbage is collected',
};

const row = 11;

export function report(
  samples: Samples,
  { batch, settling, watched, memoryMb }: Watching,
): Measured {
  const [first, more] = [settling, watched].map((events) => events.toLocaleString('en'));
  return {
    findings: [
      samples.figure(
        'ours most',
        `the most that the processor ever has, batches of ${batch}`,
        'MB',
        {
          row,
          atMost: 130,
        },
      ),
      samples.ratio(
        'ours late',
        'ours early',
        `after ${more} more events, against after ${first}`,
        {
          row,
          atMost: 1.1,
        },
      ),
      samples.ratio(
        'used late',
        'used early',
        `the same of the heap that is in use once garbage is collected`,
        {
          row,
        },
      ),
      samples.ratio('ours settled', 'naive settled', `the most in ${first} events, against naive`, {
        row,
      }),
      samples.figure('ours first', 'after one batch: the processor as it is deployed', 'MB'),
      samples.figure(
        'ours settled',
        `the most in ${first} events: the processor as it is deployed`,
        'MB',
      ),
      samples.figure('naive settled', `the most in ${first} events: naive`, 'MB'),
      ...Object.entries(places).flatMap(([place, what]) => [
        samples.figure(`${place} early`, `after ${first} events, ${what}`, 'MB'),
        samples.figure(`${place} late`, `after ${more} more, ${what}`, 'MB'),
      ]),
    ],
    notes: [
      'Resident memory of a process of its own, after each batch. Secrets Manager and EventBridge are a stand-in in another process, reached over TLS as those of AWS; Postgres is real. A tenth of the events are duplicates; after each run, every event was applied exactly once.',
      'Ours is the very bundle that is deployed, with its source maps enabled. Naive is bundled as CommonJS and minified, without source maps, and has its database from its environment. Node is given the heap limits that a Lambda of the same memory has; without them it takes what a server can spare, and that is more than a hundred megabytes more.',
      `Of what the process has, the least is in use. The young generation is let grow to three times a twentieth of the ${memoryMb} MB that the function has: V8 collects no earlier, and the limit is an argument which Lambda gives Node and NODE_OPTIONS cannot change. A function of less memory would take less of it, and have less of a core.`,
    ],
  };
}
