import { beforeEach, expect, test } from '@jest/globals';
import { PartialRunError } from '../../../lambdas/jobs/run-job.ts';
import type { ProviderQueues } from '../../../lambdas/platform/aws/redrivable-queues.ts';
import { makeRetryFailedWebhooks } from '../../../lambdas/webhooks/retry/retry-failed-webhooks.ts';
import { recordFailed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxRecord } from '../../support/processor.ts';
import {
  aDeadLetterQueue,
  type DeadLetterRecord,
} from '../../support/webhooks/dead-letter-queue.ts';
import { aFailedEntry, aMuxBody, readLedger } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');
const anHourAgo = new Date('2026-03-01T11:00:00Z');
const job = { scheduledAt: now(), remainingMs: () => 230_000 };

beforeEach(() =>
  database.pool.query(
    `truncate portal.webhook_events, portal.webhook_replays, portal.notifications, portal.outbox
       cascade`,
  ),
);

const aQueue = (letters: readonly DeadLetterRecord[], isDown = false): ProviderQueues => {
  const deadLetters = aDeadLetterQueue(letters, anHourAgo);
  const receive = () => Promise.reject(new Error('SQS is down'));
  return {
    enqueue: async () => 'message',
    name: 'queue',
    deliveries: aDeadLetterQueue([], anHourAgo),
    deadLetters: isDown ? { ...deadLetters, receive } : deadLetters,
  };
};

const retry = (queues: Readonly<Record<string, ProviderQueues>>) =>
  makeRetryFailedWebhooks({
    queues,
    mailRequests: aQueue([], true),
    pool: async () => database.pool,
    publish: async (events) => ({ published: events.map(({ id }) => id), failed: [] }),
    escalation: { stage: 'dev', recipient: 'partner@example.org' },
    now,
  })(job);

const escalationMails = async () =>
  (await database.pool.query(`select kind from portal.notifications order by kind`)).rows.map(
    ({ kind }) => kind,
  );

test('redrives and escalates the rest while a queue and the mails fail, then fails', async () => {
  await recordFailed(database.pool, { ...aFailedEntry('e9'), status: 'exhausted' }, now());
  const letters = Array.from({ length: 25 }, (_, index) => aMuxRecord(aMuxBody(`e1${index}`)));

  const run = retry({ resend: aQueue([], true), mux: aQueue(letters) });

  const error = await run.catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(PartialRunError);
  expect(error).toMatchObject({
    counts: { Redriven: 25, Escalated: 1, PartsFailed: 2 },
    message: expect.stringMatching(/dead letters of resend: SQS is down; mail requests: SQS is/),
  });
  expect(await escalationMails()).toEqual(['webhooks.exhausted']);
});

test('reports each fault of ours once and keeps the events', async () => {
  const waitWith = async (id: string, errorCode: string) => {
    await recordFailed(database.pool, { ...aFailedEntry(id), errorCode }, now());
    await database.pool.query('update portal.webhook_events set redrives = 5 where event_id = $1', [
      id,
    ]);
  };
  const run = () => retry({ mux: aQueue([]) }).catch((error: PartialRunError) => error.counts);
  await waitWith('e1', '53100');
  await waitWith('e2', '53100');
  await waitWith('e3', 'playback-key-unusable');
  await waitWith('e4', 'P0042');

  await expect(run()).resolves.toMatchObject({ EventsWaiting: 3, Escalated: 0 });
  await waitWith('e5', '53100');
  await expect(run()).resolves.toMatchObject({ EventsWaiting: 1 });
  await expect(run()).resolves.toMatchObject({ EventsWaiting: 0 });

  const { rows } = await database.pool.query('select kind, params from portal.notifications');
  expect(rows).toMatchObject([
    {
      kind: 'webhooks.waiting',
      params: {
        total: 3,
        faults: [
          { events: 2, error: '53100: on purpose' },
          { events: 1, error: 'playback-key-unusable: on purpose' },
        ],
      },
    },
  ]);
  expect(new Set((await readLedger(database.pool)).map(({ status }) => status))).toEqual(
    new Set(['failed']),
  );
});

test('escalates a reported waiting event that becomes exhausted later', async () => {
  await recordFailed(database.pool, { ...aFailedEntry('e1'), errorCode: '53100' }, now());
  await database.pool.query('update portal.webhook_events set redrives = 5, escalated_at = now()');

  await recordFailed(database.pool, { ...aFailedEntry('e1'), status: 'exhausted' }, now());
  await retry({ mux: aQueue([]) }).catch(() => {});

  expect(await escalationMails()).toEqual(['webhooks.exhausted']);
});

test('escalates a replay that is exhausted although its event was applied', async () => {
  await recordFailed(database.pool, aFailedEntry('e1'), now());
  await recordFailed(
    database.pool,
    { ...aFailedEntry('e1'), replay: 'r1', status: 'exhausted' },
    now(),
  );
  await database.pool.query(`update portal.webhook_events set status = 'processed'`);

  await retry({ mux: aQueue([]) }).catch(() => {});
  await retry({ mux: aQueue([]) }).catch(() => {});

  const { rows } = await database.pool.query('select params from portal.notifications');
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows[0].params)).toContain('--status processed');
});
