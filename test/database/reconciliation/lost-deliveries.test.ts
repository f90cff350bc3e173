import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { measureMissingTraffic } from '../../../lambdas/monitoring/backlog.queries.ts';
import { findReconciliationFigures } from '../../../lambdas/reconciliation/reconciliation-figures.queries.ts';
import { seededRandom } from '../../../local/sandbox/faults/seeded-random.ts';
import type { ResendEvent } from '../../../local/sandbox/resend-events.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import {
  makeHistory,
  type PortalHistory,
  readStates,
  resetPortal,
} from '../../support/reconciliation/portal-history.ts';
import { ReconciledPortal } from '../../support/reconciliation/reconciled-portal.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
const stdout = useStdout();
let portal: ReconciledPortal;

beforeEach(async () => {
  portal = await ReconciledPortal.open(database.pool);
});
afterEach(() => portal.close());

async function deliverAll({ muxEvents, resendEvents }: PortalHistory): Promise<void> {
  for (const event of muxEvents) await portal.mux.deliver(event);
  for (const event of resendEvents) await portal.resend.deliver(event);
  await portal.mux.flush();
  await portal.resend.flush();
  await portal.process();
}

const countOf = async (statement: string) =>
  Number((await database.pool.query(statement)).rows[0].count);

const ledgerSize = () => countOf('select count(*) from portal.webhook_events');

const ledgerOrigins = async () => {
  const statement = 'select distinct origin, status from portal.webhook_events';
  return (await database.pool.query(statement)).rows;
};

const missingTraffic = () =>
  measureMissingTraffic(
    database.pool,
    { provider: 'resend', expectedTraffic: 'mails' },
    portal.now(),
  );

const noFaults = () => {
  portal.mux.faults.plan({});
  portal.resend.faults.plan({});
};

test('2,000 events, 20% lost: the state equals that of a run without loss', async () => {
  const history = makeHistory(250, 592);
  const events = [...history.muxEvents, ...history.resendEvents];
  expect(events.length).toBeGreaterThanOrEqual(1_950);
  await resetPortal(database.pool, history);
  await deliverAll(history);
  const expected = await readStates(database.pool);
  const wholeLedger = await ledgerSize();

  await resetPortal(database.pool, history);
  const faults = { dropPercent: 20, misreportPercent: 30, reorderPercent: 10 };
  portal.mux.faults.plan({ seed: 7, ...faults });
  portal.resend.faults.plan({ seed: 8, ...faults });
  await deliverAll(history);
  expect(await ledgerSize()).toBeLessThan(wholeLedger * 0.85);
  noFaults();

  // The job is killed after a random number of calls to Postgres, the providers and the queues.
  const random = seededRandom(9);
  let kills = 0;
  for (let run = 0; run < 12; run += 1)
    if ((await portal.reconcile(Math.floor(random() * 300))) === 'killed') kills += 1;
  expect(kills).toBeGreaterThan(3);
  for (let run = 0; run < 3; run += 1)
    expect(await portal.reconcile()).toMatchObject({ RecoveriesFailed: 0 });
  expect(await readStates(database.pool)).toEqual(expected);

  const ledger = await ledgerSize();
  expect(await portal.reconcile()).toEqual({
    RecordsCompared: expect.any(Number),
    MissedEventsRecovered: 0,
    RecoveriesFailed: 0,
    // One to find the webhook, one for the newest page of its events.
    ProviderRequests: 2,
  });
  expect(await ledgerSize()).toBe(ledger);
  expect(await readStates(database.pool)).toEqual(expected);

  const emittedBefore = stdout.length;
  await deliverAll(history);
  const changed = stdout.slice(emittedBefore).filter(({ Processed }) => Number(Processed) > 0);
  expect(changed).toEqual([]);
  expect(await readStates(database.pool)).toEqual(expected);
}, 300_000);

test('counts each recovered event once, and names its origin', async () => {
  const history = makeHistory(4, 6);
  await resetPortal(database.pool, history);
  const [first, second] = history.resendEvents as [ResendEvent, ResendEvent];
  portal.resend.faults.plan({ dropPercent: 100 });
  await portal.resend.deliver(first);
  await portal.resend.deliver(second);
  portal.resend.faults.plan({});
  portal.resend.endpoint.update({ status: 'disabled' });

  expect(await portal.reconcile()).toMatchObject({ MissedEventsRecovered: 2 });
  expect(await portal.reconcile()).toMatchObject({ MissedEventsRecovered: 0 });

  const { rows } = await database.pool.query(
    'select event_id, status, origin from portal.webhook_events order by event_id',
  );
  expect(rows).toEqual(
    [first, second]
      .map(({ id }) => ({ event_id: id, status: 'processed', origin: 'reconciled' }))
      .sort((one, other) => (one.event_id < other.event_id ? -1 : 1)),
  );
  expect(stdout.filter(({ MissedEventsRecovered }) => MissedEventsRecovered === 2)).toHaveLength(1);
  expect(await findReconciliationFigures(database.pool, 'resend', portal.now())).toMatchObject([
    { provider: 'resend', recoveredInDay: 2, recoveredInWeek: 2, open: 0, isUnderWay: false },
  ]);
});

test('calls an event reconciled that Resend delivers again, and misses traffic', async () => {
  const history = makeHistory(0, 1);
  await resetPortal(database.pool, history);
  portal.resend.faults.plan({ dropPercent: 100, misreportPercent: 100 });
  for (const event of history.resendEvents) await portal.resend.deliver(event);
  noFaults();

  await portal.reconcile();

  expect(await ledgerOrigins()).toEqual([{ origin: 'reconciled', status: 'processed' }]);
  expect(await missingTraffic()).toBeGreaterThan(0);
});

test('calls an event signed that waited in the queue while the job missed it', async () => {
  const history = makeHistory(0, 1);
  await resetPortal(database.pool, history);
  for (const event of history.resendEvents) await portal.resend.deliver(event);
  await portal.resend.flush();

  await portal.reconcile();

  expect(await ledgerOrigins()).toEqual([{ origin: 'signed', status: 'processed' }]);
  expect(await missingTraffic()).toBe(0);
});

test('reads an event from the API if the repeated delivery is lost too', async () => {
  const history = makeHistory(0, 1);
  await resetPortal(database.pool, history);
  portal.resend.faults.plan({ dropPercent: 100 });
  for (const event of history.resendEvents) await portal.resend.deliver(event);

  await portal.reconcile();
  expect(await ledgerSize()).toBe(0);
  await portal.reconcile();

  const { rows } = await database.pool.query('select origin from portal.webhook_events');
  expect(rows).toEqual([{ origin: 'reconciled' }, { origin: 'reconciled' }]);
});

test('a delivery of Mux that comes after its state was read is a duplicate', async () => {
  const history = makeHistory(1, 0);
  await resetPortal(database.pool, history);
  portal.mux.faults.plan({ dropPercent: 100 });
  for (const event of history.muxEvents) await portal.mux.deliver(event);
  portal.mux.faults.plan({});
  expect(await portal.reconcile()).toMatchObject({ MissedEventsRecovered: 1 });
  const before = await readStates(database.pool);

  const emittedBefore = stdout.length;
  for (const event of history.muxEvents) await portal.mux.deliver(event);
  await portal.process();

  expect(stdout.slice(emittedBefore).filter(({ Duplicate }) => Duplicate !== undefined)).toEqual([
    expect.objectContaining({ Duplicate: 3, Processed: 0, Stale: 0 }),
  ]);
  expect(await readStates(database.pool)).toEqual(before);
});

test('sends at most one request per second, and continues where the time ran out', async () => {
  await resetPortal(database.pool, makeHistory(700, 0));

  const first = await portal.reconcile();
  const times = portal.requestTimes.mux.slice();
  const second = await portal.reconcile();

  const compared = [first, second].map((counts) => Object(counts).RecordsCompared);
  expect(compared).toEqual([expect.any(Number), 700 - compared[0]]);
  expect(compared[0]).toBeGreaterThan(500);
  const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000);
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(600_000);
});
