import { afterEach, expect, test } from '@jest/globals';
import { addAsset } from '../../../local/postgres/sample-portal.ts';
import type { MuxAsset, MuxEvent } from '../../../local/sandbox/mux-events.ts';
import { eventually } from '../../support/eventually.ts';
import {
  countEffects,
  deliver,
  eventOf,
  useLocal,
  waitForEmptyQueues,
} from '../../support/local.ts';
import { operateOn } from '../../support/operator-commands.ts';
import {
  acceptAssetEvents,
  rejectAssetEvents,
} from '../../support/webhooks/reject-asset-events.ts';
import { sendInOneBatch } from '../../support/webhooks/send-in-one-batch.ts';

// Turns a delay of 30 s into 0.25 s, and one of 2 min into 1 s.
const local = useLocal({ timeScale: 1 / 120 });

afterEach(() => acceptAssetEvents(local().pool));

interface Details {
  readonly status: string;
  readonly replayResults: readonly {
    readonly replay: string;
    readonly status: string;
    readonly redrives: number;
    readonly escalatedAt: string | null;
  }[];
  readonly stateChanges: readonly object[];
  readonly notifications: readonly { readonly id: string; readonly mail: string }[];
  readonly domainEvents: readonly { readonly id: string; readonly type: string }[];
}

const show = ({ id: event }: MuxEvent) =>
  operateOn(local(), 'events show', { provider: 'mux', event }) as unknown as Promise<Details>;

const replay = ({ id: event }: MuxEvent) =>
  operateOn(local(), 'events replay', {
    provider: 'mux',
    event,
    status: ['processed', 'failed', 'exhausted'],
    reason: 'a journey',
  });

const runRetry = () => operateOn(local(), 'jobs run', { name: 'retry-failed-webhooks' });

const deadLetters = async () =>
  (await local().queues.contents())
    .filter(({ name }) => name.includes('Mux') && name.includes('DeadLetters'))
    .reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);

const readyAsset = () => addAsset(local().pool, { status: 'processing' });

/** Sets an asset back, as an operator does who wants its event applied again. */
const resetAsset = ({ passthrough }: MuxAsset) =>
  local().pool.query(
    `update portal.assets
        set status = 'processing', status_at = null, status_event_id = null, ready_at = null,
            ready_event_id = null, ready_announced_at = null, end_announced_at = null
      where id = $1`,
    [passthrough],
  );

test('a replay in one batch with a delivery of its event is carried out as well', async () => {
  const asset = await readyAsset();
  const event = eventOf(asset, 'video.asset.ready');
  await rejectAssetEvents(local().pool, asset.passthrough, '22023');
  await deliver(local(), event);
  expect((await show(event)).status).toBe('exhausted');
  await acceptAssetEvents(local().pool);

  const batch = await sendInOneBatch(local(), asset, async () => {
    await local().mux.deliver(event);
    await replay(event);
  });

  const shown = await eventually(
    () => show(event),
    ({ replayResults }) => replayResults[0]?.status === 'processed',
  );
  expect(batch).toEqual([event.id, event.id]);
  expect(shown).toMatchObject({
    status: 'processed',
    replayResults: [{ status: 'processed', attempts: 1 }],
  });
  expect(await waitForEmptyQueues(local())).toEqual([]);
  expect(await countEffects(local(), [event.id])).toEqual({
    ledger: 1,
    assetEvents: 1,
    notifications: 1,
    mails: 1,
  });
});

test('two replays in one batch are carried out, and their effects have new ids', async () => {
  const asset = await readyAsset();
  const event = eventOf(asset, 'video.asset.ready');
  await deliver(local(), event);
  const before = await show(event);
  await resetAsset(asset);

  const batch = await sendInOneBatch(local(), asset, async () => {
    await replay(event);
    await replay(event);
  });

  const shown = await eventually(
    () => show(event),
    ({ replayResults, notifications }) =>
      replayResults.every(({ status }) => status === 'processed') &&
      notifications.every(({ mail }) => mail === 'sent'),
  );
  expect(batch).toEqual([event.id, event.id]);
  expect(shown.replayResults).toMatchObject([{ status: 'processed' }, { status: 'processed' }]);
  expect(new Set(shown.replayResults.map((one) => one.replay)).size).toBe(2);
  expect(shown.stateChanges).toHaveLength(2);
  expect(shown.notifications).toMatchObject([{ mail: 'sent' }, { mail: 'sent' }]);
  const ids = shown.domainEvents.map(({ id }) => id);
  expect(before.domainEvents).toHaveLength(2);
  expect(new Set(ids).size).toBe(4);
  expect(ids).toEqual(expect.arrayContaining(before.domainEvents.map(({ id }) => id)));
  const published = local()
    .buses.events()
    .filter(({ detail }) => ids.includes(String(detail['id'])));
  expect(published).toHaveLength(4);
});

test('a replay that became a dead letter is redriven and carried out', async () => {
  const asset = await readyAsset();
  const event = eventOf(asset, 'video.asset.ready');
  await deliver(local(), event);
  await resetAsset(asset);
  await rejectAssetEvents(local().pool, asset.passthrough, 'P0042');
  await replay(event);
  expect(await eventually(deadLetters, (count) => count === 1)).toBe(1);
  expect(await show(event)).toMatchObject({
    status: 'processed',
    replayResults: [{ status: 'failed', attempts: 3, errorCode: 'P0042' }],
  });
  await acceptAssetEvents(local().pool);

  await runRetry();

  const shown = await eventually(
    () => show(event),
    ({ replayResults }) => replayResults[0]?.status === 'processed',
  );
  expect(shown).toMatchObject({
    status: 'processed',
    replayResults: [{ status: 'processed', redrives: 1 }],
    notifications: [{ kind: 'asset.ready' }, { kind: 'asset.ready' }],
  });
  expect(await waitForEmptyQueues(local())).toEqual([]);
});

test('a replay that fails for good escalates, and its event stays processed', async () => {
  const asset = await readyAsset();
  const event = eventOf(asset, 'video.asset.ready');
  await deliver(local(), event);
  await resetAsset(asset);
  await rejectAssetEvents(local().pool, asset.passthrough, '22023');
  await replay(event);
  await eventually(
    () => show(event),
    ({ replayResults }) => replayResults[0]?.status === 'exhausted',
  );

  await runRetry();

  const escalations = () =>
    local()
      .resend.mails()
      .filter(({ to, html }) => to[0]?.startsWith('reliability@') && html?.includes(event.id));
  expect(await eventually(escalations, ({ length }) => length > 0)).toHaveLength(1);
  expect(await show(event)).toMatchObject({
    status: 'processed',
    replayResults: [{ status: 'exhausted', errorCode: '22023', escalatedAt: expect.any(String) }],
  });
});
