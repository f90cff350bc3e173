import { describe, expect, test } from '@jest/globals';
import { MAX_REDRIVES } from '../../lambdas/catalog/retry-limits.ts';
import { addAsset } from '../../local/postgres/sample-portal.ts';
import type { MuxEvent } from '../../local/sandbox/mux-events.ts';
import { eventually } from '../support/eventually.ts';
import { countEffects, eventOf, useLocal, waitForEmptyQueues } from '../support/local.ts';

// Turns a delay of 30 s into 0.25 s, and one of 2 min into 1 s.
const local = useLocal({ timeScale: 1 / 120 });

const ids = (events: readonly MuxEvent[]) => events.map(({ id }) => id);

async function readyEvents(count: number): Promise<readonly MuxEvent[]> {
  const { pool } = local();
  const muxAssets = await Promise.all(
    Array.from({ length: count }, () => addAsset(pool, { status: 'processing' })),
  );
  return muxAssets.map((muxAsset) => eventOf(muxAsset, 'video.asset.ready'));
}

async function post(events: readonly MuxEvent[]): Promise<void> {
  const responses = await Promise.all(events.map((event) => local().mux.deliver(event)));
  expect([...new Set(responses.map(({ statusCode }) => statusCode))]).toEqual([200]);
}

/** Makes Postgres reject every change by this event, until the returned function is called. */
async function rejectInPostgres({ id }: MuxEvent): Promise<() => Promise<unknown>> {
  const { pool } = local();
  await pool.query(`
    create function portal.reject() returns trigger language plpgsql as
      $$ begin raise exception 'rejected on purpose' using errcode = 'P0042'; end $$;
    create trigger reject before insert on portal.asset_events
      for each row when (new.event_id = '${id}') execute function portal.reject()`);
  return () => pool.query('drop function portal.reject cascade');
}

const retryJob = () =>
  local()
    .scheduler.upcoming()
    .find(({ name }) => /retry/i.test(name))?.name ?? '';

async function runRetry(): Promise<void> {
  const { pool, scheduler } = local();
  const runs = async () =>
    (
      await pool.query(
        `select count(*)::int as count
           from portal.job_runs
          where job = 'retry-failed-webhooks' and status <> 'running'`,
      )
    ).rows[0].count;
  const before = await runs();
  expect(scheduler.runNow(retryJob())).toBe(true);
  await eventually(runs, (after) => after > before);
}

const deadLetters = async () =>
  (await local().queues.contents())
    .filter(({ name }) => /DeadLetters/.test(name) && /Mux/.test(name))
    .reduce((sum, { waiting }) => sum + waiting, 0);

const statusOf = async (id: string) =>
  (
    await local().pool.query(
      `select status, attempts, redrives, error_code
         from portal.webhook_events
        where event_id = $1`,
      [id],
    )
  ).rows[0];

describe('a poison event among 100', () => {
  test(`escalates once after ${MAX_REDRIVES} redrives; 99 others are applied once`, async () => {
    const [poison, ...good] = (await readyEvents(100)) as [MuxEvent, ...MuxEvent[]];
    const stopRejecting = await rejectInPostgres(poison);
    await post([...good.slice(0, 50), poison, ...good.slice(50)]);

    for (let redrive = 1; redrive <= MAX_REDRIVES; redrive += 1) {
      expect(await eventually(deadLetters, (count) => count === 1)).toBe(1);
      await runRetry();
      expect(await statusOf(poison.id)).toMatchObject({
        status: 'failed',
        redrives: redrive,
        error_code: 'P0042',
      });
    }
    expect(await eventually(deadLetters, (count) => count === 1)).toBe(1);
    await runRetry();

    expect(await statusOf(poison.id)).toMatchObject({
      status: 'exhausted',
      redrives: MAX_REDRIVES,
      attempts: 3 * (MAX_REDRIVES + 1),
    });
    const wanted = { ledger: 99, assetEvents: 99, notifications: 99, mails: 99 };
    expect(
      await eventually(
        () => countEffects(local(), ids(good)),
        ({ mails }) => mails >= 99,
      ),
    ).toEqual(wanted);
    const escalationMails = () =>
      local()
        .resend.mails()
        .filter(({ to }) => to[0]?.startsWith('reliability@'));
    expect(await eventually(escalationMails, (mails) => mails.length > 0)).toHaveLength(1);
    expect(escalationMails()[0]?.html).toContain(poison.id);
    expect(local().topics.messages()).toEqual([
      expect.objectContaining({
        message: expect.objectContaining({ version: '1.0', source: 'custom' }),
      }),
    ]);
    await runRetry();
    expect(escalationMails()).toHaveLength(1);
    expect(await waitForEmptyQueues(local())).toEqual([]);
    await stopRejecting();
  });
});

describe('Postgres down during all retries', () => {
  test('keeps the events in their queue, and applies them after the outage', async () => {
    const events = await readyEvents(20);
    await local().database.server?.stop();
    await post(events);
    local().scheduler.runNow(retryJob());
    // Longer than three receives take at this time scale.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await deadLetters()).toBeLessThanOrEqual(1);
    await local().database.server?.restart();

    const applied = async () => {
      await runRetry();
      return countEffects(local(), ids(events));
    };
    const wanted = { ledger: 20, assetEvents: 20, notifications: 20, mails: 20 };
    expect(await eventually(applied, ({ mails }) => mails >= 20)).toEqual(wanted);
    expect(await eventually(deadLetters, (count) => count === 0)).toBe(0);
    const { rows } = await local().pool.query(
      `select distinct status from portal.webhook_events where event_id = any ($1)`,
      [ids(events)],
    );
    expect(rows).toEqual([{ status: 'processed' }]);
  });
});

describe('Resend down during all retries of the sender', () => {
  test('keeps mail requests as dead letters, and sends each mail once later', async () => {
    const events = await readyEvents(3);
    const requests = async () => {
      const queues = await local().queues.contents();
      return queues
        .filter(({ name }) => /Requests.*DeadLetters/.test(name))
        .reduce((sum, { waiting }) => sum + waiting, 0);
    };
    local().resend.setCondition('down');
    await post(events);
    expect(await eventually(requests, (count) => count === 3, 60_000)).toBe(3);
    local().resend.setCondition('up');

    await runRetry();

    const traces = () => countEffects(local(), ids(events));
    expect(await eventually(traces, ({ mails }) => mails >= 3)).toMatchObject({
      notifications: 3,
      mails: 3,
    });
    expect(await eventually(requests, (count) => count === 0)).toBe(0);
    await runRetry();
    expect(await traces()).toMatchObject({ notifications: 3, mails: 3 });
  });
});
