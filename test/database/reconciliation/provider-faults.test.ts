import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useDatabase } from '../../support/postgres/database.ts';
import {
  makeHistory,
  readStates,
  resetPortal,
} from '../../support/reconciliation/portal-history.ts';
import { ReconciledPortal } from '../../support/reconciliation/reconciled-portal.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
useStdout();
let portal: ReconciledPortal;

beforeEach(async () => {
  portal = await ReconciledPortal.open(database.pool);
});
afterEach(() => portal.close());

const percent = fc.integer({ min: 0, max: 100 });

/** Faults of both providers, and of the job's own runs. */
const pattern = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  drop: percent,
  misreport: percent,
  reorder: percent,
  errors: fc.integer({ min: 0, max: 40 }),
  isWebhookDisabled: fc.boolean(),
  kills: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }),
  late: fc.boolean(),
});

test('ends in the same state for every pattern of faults and kills', async () => {
  await fc.assert(
    fc.asyncProperty(pattern, async (drawn) => {
      await portal.close();
      portal = await ReconciledPortal.open(database.pool);
      const history = makeHistory(4, 6);
      const deliverAll = async () => {
        for (const event of history.muxEvents) await portal.mux.deliver(event);
        for (const event of history.resendEvents) await portal.resend.deliver(event);
        await portal.mux.flush();
        await portal.resend.flush();
        await portal.process();
      };
      await resetPortal(database.pool, history);
      await deliverAll();
      const expected = await readStates(database.pool);

      await resetPortal(database.pool, history);
      const { seed, drop: dropPercent, misreport: misreportPercent, reorder } = drawn;
      const plan = { seed, dropPercent, misreportPercent, reorderPercent: reorder };
      portal.mux.faults.plan(plan);
      portal.resend.faults.plan(plan);
      await deliverAll();
      const faulty = { seed, errorPercent: drawn.errors };
      portal.mux.faults.plan(faulty);
      portal.resend.faults.plan(faulty);
      if (drawn.isWebhookDisabled) portal.resend.endpoint.update({ status: 'disabled' });
      for (const calls of drawn.kills) await portal.reconcile(calls).catch(() => {});
      for (let run = 0; run < 4; run += 1) await portal.reconcile().catch(() => {});
      portal.mux.faults.plan({});
      portal.resend.faults.plan({});
      for (let run = 0; run < 3; run += 1) await portal.reconcile();

      expect(await readStates(database.pool)).toEqual(expected);
      expect(await portal.reconcile()).toMatchObject({
        MissedEventsRecovered: 0,
        RecoveriesFailed: 0,
      });
      portal.resend.endpoint.update({ status: 'enabled' });
      if (drawn.late) await deliverAll();
      expect(await readStates(database.pool)).toEqual(expected);
    }),
    { numRuns: 12 },
  );
}, 300_000);

const missing = async () => {
  const history = makeHistory(0, 1);
  await resetPortal(database.pool, history);
  portal.resend.faults.plan({ dropPercent: 100 });
  for (const event of history.resendEvents) await portal.resend.deliver(event);
};

const requestsOf = (counts: unknown) => Object(counts).ProviderRequests;

test('stops at a 429 until the time that the provider names', async () => {
  await missing();
  portal.resend.setRateLimit(0);
  const limited = await portal.reconcile();
  portal.resend.setRateLimit(1_000);

  expect(requestsOf(limited)).toBe(6);
  await database.pool.query(
    `update portal.reconciliations set not_before = $1 where provider = 'resend'`,
    [new Date(portal.now().getTime() + 20 * 60_000)],
  );
  expect(requestsOf(await portal.reconcile())).toBe(0);
  expect(requestsOf(await portal.reconcile())).toBeGreaterThan(0);
});

test('a failing provider fails the run and delays no other', async () => {
  await missing();
  portal.mux.faults.plan({ errorPercent: 100 });
  const videos = makeHistory(5, 0);
  await database.pool.query(
    `insert into portal.assets (id, owner_id, mux_upload_id, created_at)
     select gen_random_uuid(), id, 'upload-' || n, '2026-11-28T06:00:00Z'
     from portal.users, generate_series(1, 5) as n where role = 'member'`,
  );
  expect(videos.assets).toHaveLength(5);

  await expect(portal.reconcile()).rejects.toThrow(/Mux/);

  const { rows } = await database.pool.query('select recovery from portal.missed_events');
  expect(rows).toHaveLength(2);
});

test('two runs at the same time share no provider', async () => {
  await missing();
  await database.pool.query(
    `insert into portal.reconciliations (provider, holder, held_until, updated_at)
     values ('resend', 'another run', $1, $1)`,
    [new Date(portal.now().getTime() + 60 * 60_000)],
  );
  expect(requestsOf(await portal.reconcile())).toBe(0);
});
