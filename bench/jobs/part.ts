import { openBenchDatabase } from '../database.ts';
import type { BenchSettings, Finding, Limit, Measured, Part } from '../report.ts';
import { Samples } from '../samples.ts';
import { Copies } from './copies.ts';
import { addDueLinks, addOldEvents } from './rows.ts';
import { type Work, works } from './works.ts';

const ROWS = 1_000_000;

/** Everything that a job does by a million rows, and the one statement that a script would use instead. */
export const jobs: Part = {
  name: 'jobs',
  title: 'Jobs: a million rows that are due, while others write',
  async run(settings) {
    const rows = settings.quick ? ROWS / 50 : ROWS;
    const database = await openBenchDatabase();
    const samples = new Samples();
    const copies = await Copies.open(database);
    try {
      settings.progress(`writing ${rows.toLocaleString('en')} links`);
      await copies.fill('links', (pool) => addDueLinks(pool, rows));
      settings.progress(`writing ${rows.toLocaleString('en')} events`);
      await copies.fill('events', (pool) => addOldEvents(pool, rows));
      for (let round = 1; round <= settings.rounds; round += 1)
        await runRound(settings, samples, copies, rows, round);
      return report(samples, rows);
    } finally {
      await copies.close();
      await database.stop();
    }
  },
};

async function runRound(
  { rounds, progress }: BenchSettings,
  samples: Samples,
  copies: Copies,
  rows: number,
  round: number,
) {
  for (const [name, work] of Object.entries(works)) {
    progress(`round ${round} of ${rounds}: copying`);
    await copies.use(work.database, async (url) => {
      progress(`round ${round} of ${rounds}: ${name}`);
      take(samples, name, await work.run(url, rows), rows);
    });
  }
}

function take(
  samples: Samples,
  name: string,
  watched: Awaited<ReturnType<Work['run']>>,
  rows: number,
): void {
  const millions = rows / 1e6;
  samples.add(name, watched.seconds / millions);
  samples.add(`${name} longest`, watched.longestTransactionMs);
  samples.add(`${name} p99`, watched.probed.p99Ms);
  samples.add(`${name} max`, watched.probed.maxMs);
  samples.add(`${name} wal`, watched.walMb / millions);
}

function report(samples: Samples, rows: number): Measured {
  type Target = Limit & { readonly row?: number };
  const of = (name: string, what: string, unit: string, target?: Target) =>
    samples.figure(name, what, unit, target);
  const target = (name: string, atMost: number) => (name === 'expire' ? { row: 10, atMost } : {});
  const everything = Object.entries(works).flatMap(([name, { what }]): Finding[] => [
    of(name, `${what}: time for a million`, 's'),
    of(`${name} longest`, `${what}: longest transaction`, 'ms', target(name, 250)),
    of(`${name} p99`, `${what}: a concurrent writer's p99`, 'ms', target(name, 10)),
    of(`${name} max`, `${what}: a concurrent writer's longest wait`, 'ms'),
    of(`${name} wal`, `${what}: WAL for a million`, 'MB'),
  ]);
  return {
    findings: [
      samples.ratio(
        'expire',
        'one update',
        'expire-share-links against one UPDATE of the links alone',
        {
          row: 10,
          atMost: 3,
        },
      ),
      samples.ratio(
        'expire',
        'same effects',
        'expire-share-links against the same effects, one statement for each, in one transaction',
      ),
      samples.ratio('expire +5 ms', 'expire', 'expire-share-links with a round trip 5 ms longer'),
      samples.ratio('prune', 'prune at once', 'prune against two statements that do it at once'),
      ...everything,
    ],
    notes: [
      `${rows.toLocaleString('en')} links of ${(rows / 50).toLocaleString('en')} owners, with a token each, in random order, and a fifth more that are not due. The one UPDATE only sets their status; the job also revokes the tokens, publishes share_link.expired and writes one mail to each owner.`,
      'Prune takes the bodies of 1.8 KB from as many events and as many expired idempotency records, and counts as one million rows what are two.',
      'A concurrent writer updates one random row of the same table every 2 ms, from a process of its own.',
    ],
  };
}
