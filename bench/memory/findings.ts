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

const row = 11;

export function report(samples: Samples, { batch, settling, watched, memoryMb }: Watching): Measured {
  const [first, more] = [settling, watched].map((events) => events.toLocaleString('en'));
  return {
    findings: [
      samples.figure('ours most', `the most that the processor ever has, batches of ${batch}`, 'MB', {
        row,
        atMost: 130,
      }),
      samples.ratio('ours late', 'ours early', `after ${more} more events, against after ${first}`, {
        row,
        atMost: 1.1,
      }),
      samples.ratio('used late', 'used early', `the same of the heap that is in use once garbage is collected`, {
        row,
      }),
      samples.ratio('ours settled', 'naive settled', `the most in ${first} events, against naive`, { row }),
      samples.figure('ours first', 'after one batch: the processor as it is deployed', 'MB'),
      samples.figure('ours settled', `the most in ${first} events: the processor as it is deployed`, 'MB'),
      samples.figure('naive settled', `the most in ${first} events: naive`, 'MB'),
      samples.figure('outside', 'in the end, Node itself: its code, its stacks, its libraries', 'MB'),
      samples.figure('young', 'in the end, the young generation of the heap', 'MB'),
      samples.figure('old', 'in the end, the old generation of the heap', 'MB'),
      samples.figure('external', 'in the end, buffers', 'MB'),
      samples.figure('used late', 'in the end, of the heap in use once garbage is collected', 'MB'),
    ],
    notes: [
      'Resident memory of a process of its own, after each batch. Secrets Manager and EventBridge are a stand-in in another process, reached over TLS as those of AWS; Postgres is real. A tenth of the events are duplicates; after each run, every event was applied exactly once.',
      'Ours is the very bundle that is deployed, with its source maps enabled. Naive is bundled as CommonJS and minified, without source maps, and has its database from its environment. Node is given the heap limits that a Lambda of the same memory has; without them it takes what a server can spare, and that is more than a hundred megabytes more.',
      `What is in use stays as it is; what grows is the young generation, which V8 lets grow to three times a twentieth of the ${memoryMb} MB that the function has, before it collects. That limit is an argument which Lambda gives Node, and NODE_OPTIONS cannot change it.`,
    ],
  };
}
