import pg from 'pg';
import { percentile } from '../samples.ts';

/** What somebody else writes meanwhile, about one row in a hurry. */
export interface ProbeTask {
  readonly url: string;
  /** Takes a number between 0 and 1, which picks the row. */
  readonly statement: string;
}

export interface Probed {
  readonly writes: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const PAUSE_MS = 2;

/** A process of its own: a job that is busy in JavaScript would make every answer look late. */
process.once('message', async ({ url, statement }: ProbeTask) => {
  const client = new pg.Client({ connectionString: url, application_name: 'bench-probe' });
  await client.connect();
  const times: number[] = [];
  let isOver = false;
  process.once('message', () => {
    isOver = true;
  });
  process.send?.('ready');
  while (!isOver) {
    const startedAt = performance.now();
    await client.query({ name: 'probe', text: statement, values: [Math.random()] });
    times.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await client.end();
  const sorted = times.sort((one, other) => one - other);
  const probed: Probed = {
    writes: times.length,
    p99Ms: percentile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? 0,
  };
  process.send?.(probed);
  process.disconnect();
});
