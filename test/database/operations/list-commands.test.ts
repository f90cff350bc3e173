import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ArgumentsOf, CommandName } from '../../../lambdas/catalog/operator-commands.ts';
import { operatorCommands } from '../../../lambdas/catalog/operator-commands.ts';
import { makeBacklogCommands } from '../../../lambdas/operations/commands/backlog-commands.ts';
import { makeJobCommands } from '../../../lambdas/operations/commands/job-commands.ts';
import { makeMailCommands } from '../../../lambdas/operations/commands/mail-commands.ts';
import { makeOutboxCommands } from '../../../lambdas/operations/commands/outbox-commands.ts';
import { makeSuppressionCommands } from '../../../lambdas/operations/commands/suppression-commands.ts';
import { makeUploadCommands } from '../../../lambdas/operations/commands/upload-commands.ts';
import { recordFailed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aFailedEntry } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');
const pool = async () => database.pool;
const counts = { queue: 'a-queue', waiting: 2, deadLetters: 1 };
const commands = {
  ...makeJobCommands({ pool, startJob: async () => {}, now }),
  ...makeMailCommands({ pool, now }),
  ...makeOutboxCommands({ pool }),
  ...makeUploadCommands({ pool }),
  ...makeSuppressionCommands({
    pool,
    suppressionList: { remove: async () => 'not-listed' as never },
    now,
  }),
  ...makeBacklogCommands({
    pool,
    queues: { countMessages: async (provider) => ({ ...counts, provider }) },
  }),
};

beforeEach(() =>
  database.pool.query(
    `truncate portal.webhook_events, portal.job_runs, portal.notifications, portal.outbox,
              portal.assets, portal.email_suppressions cascade`,
  ),
);

type Row = Readonly<Record<string, unknown>>;

/** Runs a command with the defaults of its contract. */
async function run(name: keyof typeof commands & CommandName, given: object = {}) {
  const parsed = operatorCommands[name].arguments.parse(given);
  const command = commands[name] as (given: ArgumentsOf<CommandName>, by: string) => Promise<Row>;
  return command(parsed as never, 'operator');
}

/** Reads all pages of a list. */
async function readPages(name: Parameters<typeof run>[0], list: string, given: object = {}) {
  const pages: (readonly Row[])[] = [];
  let cursor: unknown;
  do {
    const page: Row = await run(name, { limit: 2, ...given, ...(cursor ? { cursor } : {}) });
    pages.push(page[list] as readonly Row[]);
    cursor = page['cursor'];
  } while (cursor !== undefined);
  return pages;
}

const insert = (statement: string, values: readonly unknown[] = []) =>
  database.pool.query(statement, [...values]);

async function addRun(job: string, at: string, status: string) {
  await insert(
    `insert into portal.job_runs
       (job, scheduled_at, status, started_at, finished_at, counts, error)
     values ($1, $2, $3, $2, case when $3 = 'running' then null
                                  else $2::timestamptz + interval '1.5 seconds' end,
             '{"Redriven": 3}', case when $3 = 'failed' then 'on purpose' end)`,
    [job, at, status],
  );
}

describe('jobs runs', () => {
  test('lists runs with duration, counts and error, newest first', async () => {
    await addRun('prune', '2026-03-01T01:00:00Z', 'succeeded');
    await addRun('relay-outbox', '2026-03-01T02:00:00Z', 'failed');
    await addRun('prune', '2026-03-01T03:00:00Z', 'running');

    await expect(run('jobs runs')).resolves.toMatchObject({
      runs: [
        { job: 'prune', status: 'running', durationMs: null },
        { job: 'relay-outbox', status: 'failed', durationMs: 1_500, error: 'on purpose' },
        { job: 'prune', counts: { Redriven: 3 }, startedBy: 'schedule' },
      ],
      cursor: undefined,
    });
    const failed = await run('jobs runs', { status: 'failed' });
    expect(failed['runs']).toMatchObject([{ job: 'relay-outbox' }]);
  });

  test('pages through the runs of one job', async () => {
    for (const hour of ['01', '02', '03', '04'])
      await addRun('prune', `2026-03-01T${hour}:00:00Z`, 'succeeded');
    await addRun('relay-outbox', '2026-03-01T02:30:00Z', 'succeeded');

    const pages = await readPages('jobs runs', 'runs', { name: 'prune' });

    expect(pages.map((page) => page.map(({ scheduledAt }) => scheduledAt))).toEqual([
      [new Date('2026-03-01T04:00:00Z'), new Date('2026-03-01T03:00:00Z')],
      [new Date('2026-03-01T02:00:00Z'), new Date('2026-03-01T01:00:00Z')],
      [],
    ]);
  });
});

test('mails list pages through the mails of each status, and of all', async () => {
  for (const [index, status] of ['sent', 'failed', 'pending', 'sent', 'suppressed'].entries())
    await insert(
      `insert into portal.notifications
         (id, recipient, kind, params, source, event_id, mail_status, created_at,
          delivery_status, delivery_at)
       values ($1, 'ops@example.org', 'asset.ready', '{}', 'mux', $2, $3, $4, $5, $6)`,
      [randomUUID(), `e${index}`, status, now(), status === 'sent' ? 'delivered' : null, now()],
    );

  const all = (await readPages('mails list', 'mails', { status: 'all' })).flat();
  const sent = (await readPages('mails list', 'mails', { status: 'sent' })).flat();

  expect(new Set(all.map(({ event }) => event)).size).toBe(5);
  expect(sent).toMatchObject([{ delivery: 'delivered' }, { delivery: 'delivered' }]);
  expect((await run('mails list'))['mails']).toMatchObject([{ status: 'failed', event: 'e1' }]);
});

test('outbox list pages oldest first', async () => {
  const ids = Array.from({ length: 3 }, () => randomUUID()).sort();
  for (const id of ids)
    await insert(
      `insert into portal.outbox (id, type, detail, created_at)
       values ($1, 'asset.ready', '{}', $2)`,
      [id, now()],
    );

  const pages = await readPages('outbox list', 'entries', { status: 'waiting' });

  expect(pages.map((page) => page.map(({ id }) => id))).toEqual([ids.slice(0, 2), [ids[2]]]);
});

test('suppressions list pages newest first, also through addresses of one time', async () => {
  for (const address of ['a@x.org', 'b@x.org', 'c@x.org'])
    await insert(
      `insert into portal.email_suppressions
         (address, suppressed, reason, since, source, event_id)
       values ($1, true, 'complaint', $2, 'resend', 'e1')`,
      [address, now()],
    );

  const pages = await readPages('suppressions list', 'suppressions');

  expect(pages.flat().map(({ address }) => address)).toEqual(['c@x.org', 'b@x.org', 'a@x.org']);
});

test('uploads list shows only uploads of members, by status and page', async () => {
  const { rows } = await insert(
    `insert into portal.users (email, name) values ('mira@example.org', 'Mira') returning id`,
  );
  const owner = rows[0]?.id;
  const add = (upload: string | null, status: string, ownerId: string | null) =>
    insert(
      `insert into portal.assets (owner_id, title, status, mux_upload_id, created_at)
       values ($1, 'A film', $2, $3, $4)`,
      [ownerId, status, upload, now()],
    );
  for (const upload of ['u1', 'u2', 'u3']) await add(upload, 'processing', owner);
  await add('u4', 'ready', owner);
  await add(null, 'ready', owner);
  await add('u5', 'ready', null);

  const all = (await readPages('uploads list', 'uploads')).flat();
  const ready = await run('uploads list', { status: 'ready' });

  expect(all.map(({ muxUpload }) => muxUpload).sort()).toEqual(['u1', 'u2', 'u3', 'u4']);
  expect(ready['uploads']).toMatchObject([{ muxUpload: 'u4', title: 'A film' }]);
});

test('backlog show counts open work and the messages of each provider', async () => {
  await recordFailed(database.pool, aFailedEntry('e1'), now());
  await recordFailed(database.pool, { ...aFailedEntry('e2'), status: 'exhausted' }, now());
  await addRun('prune', '2026-03-01T01:00:00Z', 'failed');
  await addRun('prune', '2026-03-01T02:00:00Z', 'succeeded');
  await addRun('relay-outbox', '2026-03-01T02:00:00Z', 'failed');
  await insert(`insert into portal.outbox (id, type, detail, created_at, set_aside_at)
                values (gen_random_uuid(), 'asset.ready', '{}', now(), now())`);

  await expect(run('backlog show')).resolves.toEqual({
    failedEvents: 1,
    exhaustedEvents: 1,
    failedMails: 0,
    outboxWaiting: 0,
    outboxSetAside: 1,
    suppressedAddresses: 0,
    runningJobs: 0,
    failedJobs: 1,
    queues: ['mux', 'resend'].map((provider) => ({ ...counts, provider })),
  });
});
