import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { type BenchDatabase, openBenchDatabase } from '../../database.ts';
import { Copies } from '../../jobs/copies.ts';
import { addDueLinks, DUE } from '../../jobs/rows.ts';
import { expire, REVOKE_TOKENS, UPDATE_LINKS } from '../../jobs/works.ts';
import type { BenchSettings, Measured } from '../../report.ts';
import { Samples } from '../../samples.ts';
import { nameOfStatement, readStatementCosts } from '../statements.ts';
import { sharesOfChunk } from './chunk-plans.ts';

const LINKS = 100_000;

// One chunk in five is timed part by part, which makes it slower by some per cent.
const explain = (share: number) =>
  '-c auto_explain.log_min_duration=0 -c auto_explain.log_level=notice -c auto_explain.log_format=json ' +
  `-c auto_explain.log_analyze=on -c auto_explain.sample_rate=${share}`;

/** expire-share-links on one connection, as a function has it, and one statement for each of its tables. */
export async function profileJobs(settings: BenchSettings): Promise<Measured> {
  // Of a few chunks, a fifth may be none.
  const [links, explained] = settings.quick ? [LINKS / 10, 1] : [LINKS, 0.2];
  const database = await openBenchDatabase({
    shared_preload_libraries: 'pg_stat_statements,auto_explain',
    'pg_stat_statements.track_planning': 'on',
  });
  const copies = await Copies.open(database);
  const samples = new Samples();
  try {
    await database.pool.query('create extension pg_stat_statements');
    settings.progress(`writing ${links.toLocaleString('en')} links`);
    await copies.fill('links', (pool) => addDueLinks(pool, links));
    for (let round = 1; round <= settings.rounds; round += 1) {
      settings.progress(`round ${round} of ${settings.rounds}: jobs`);
      await copies.use('links', (url) => runAtOnce(url, database, samples, links));
      await copies.use('links', (url) => runJob(url, database, samples, { links, explained }));
    }
  } finally {
    await copies.close();
    await database.stop();
  }
  return {
    findings: samples.names().map((name) => samples.figure(name, name, 'µs/link')),
    notes: notes(links),
  };
}

/** What a script would do instead, by pg_stat_statements as well. */
async function runAtOnce(
  url: string,
  { pool: watching }: BenchDatabase,
  samples: Samples,
  count: number,
) {
  const pool = openDatabase({
    url,
    connections: 1,
    applicationName: 'bench-profile',
    queryTimeoutMs: 600_000,
  });
  await watching.query('select pg_stat_statements_reset()');
  await pool.query(UPDATE_LINKS, [DUE]);
  await pool.query(REVOKE_TOKENS);
  await pool.end();
  const asked = { database: 'run', calls: 1, count, nameOf: nameOfStatement };
  for (const { what, micros } of await readStatementCosts(watching, asked))
    samples.add(`expire-share-links, one statement for all links: ${what}`, micros);
}

async function runJob(
  url: string,
  { pool: watching }: BenchDatabase,
  samples: Samples,
  { links: count, explained: share }: { readonly links: number; readonly explained: number },
) {
  const notices: string[] = [];
  const watched = `${url}?options=${encodeURIComponent(explain(share))}`;
  const pool = openDatabase({ url: watched, connections: 1, applicationName: 'bench-profile' });
  pool.on('connect', (client) => client.on('notice', ({ message }) => notices.push(message ?? '')));
  await watching.query('select pg_stat_statements_reset()');
  const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
  await expire(pool);
  const { user, system } = process.cpuUsage(cpuBefore);
  const altogether = ((performance.now() - startedAt) * 1_000) / count;
  await pool.end();

  const costs = await readStatementCosts(watching, {
    database: 'run',
    calls: 1,
    count,
    nameOf: nameOfJobStatement,
  });
  const ofChunks = costs.find(({ what }) => what === CHUNK)?.micros ?? 0;
  for (const [part, share] of sharesOfChunk(notices))
    samples.add(`expire-share-links, Postgres, chunks: ${part}`, share * ofChunks);
  for (const { what, micros } of costs)
    if (what !== CHUNK) samples.add(`expire-share-links, Postgres, ${what}`, micros);
  const statements = costs.reduce((sum, { micros }) => sum + micros, 0);
  const node = (user + system) / count;
  samples.add('expire-share-links, Postgres: statements altogether', statements);
  samples.add('expire-share-links, Node: CPU altogether', node);
  samples.add(
    'expire-share-links, writing to the disk at COMMIT, and the way to and fro',
    altogether - statements - node,
  );
  samples.add('expire-share-links, altogether', altogether);
}

const CHUNK = 'chunks';

const statements: readonly (readonly [what: string, pattern: RegExp])[] = [
  [CHUNK, /share_link_tokens/],
  ['mails: insert notifications, with their JSON', /insert into portal\.notifications/],
  ['mails: insert outbox', /insert into portal\.outbox/],
  ['mails: lock share_link_expiries', /for update of expiry/],
  ['count what is left', /count\(/],
];

const nameOfJobStatement = (query: string) =>
  statements.find(([, pattern]) => pattern.test(query))?.[0] ?? 'begin and its limits';

const notes = (links: number) => [
  `expire-share-links on one connection, with ${links.toLocaleString('en')} due links of ${(links / 50).toLocaleString('en')} owners: by pg_stat_statements, and within a chunk by the plans of a fifth of the chunks. Nobody else writes meanwhile.`,
  'The one UPDATE writes the row of a link and an entry in three of its indexes, page after page and always at the end, and leaves what is dead to a vacuum. The job takes the rows owner by owner, each on another page, and locks them. As it commits every chunk, later ones clear what is dead from the pages that they come to and write into the room that is left; entries of indexes then go in between others, and the same update is dearer. Then it revokes the tokens, an UPDATE of as many rows again. What is left is JSON: each link is told of twice, in a domain event and in the mail to its owner, and Postgres compresses both.',
];
