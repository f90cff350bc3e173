import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CrashOrder, Point } from '../../support/crash/apply-event-child.ts';
import { startChild } from '../../support/crash/child-process.ts';
import {
  anIncomingMuxEvent,
  aReadyEvent,
  countEffects,
  countMoves,
  createAssets,
  onceEach,
} from '../../support/crash/ready-events.ts';
import { eventually } from '../../support/eventually.ts';
import { blockedSessions, waitForOthers } from '../../support/idempotency/idempotency-harness.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { makeMuxExactlyOnce } from '../../support/processor.ts';

jest.setTimeout(30_000);

const database = useDatabase({ connections: 10 });
beforeAll(() => countMoves(database.pool));

let assets = 0;
async function aReadyEventOfANewAsset() {
  assets += 1;
  await createAssets(database.pool, [`asset-${assets}`]);
  return aReadyEvent(`asset-${assets}`);
}

const children: ReturnType<typeof startChild>[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL');
    await child.ended;
  }
});

function startCrashChild(order: Omit<CrashOrder, 'url'>) {
  const child = startChild('./apply-event-child.ts', {
    url: database.url,
    ...order,
  } satisfies CrashOrder);
  children.push(child);
  return child;
}

/** Applies the next delivery of the same event in the test process. */
async function deliver(event: CrashOrder['event'], way: CrashOrder['way']) {
  const exactlyOnce = makeMuxExactlyOnce(database.pool);
  const incoming = anIncomingMuxEvent(event);
  const applied =
    way === 'alone'
      ? await exactlyOnce.applyOne(incoming)
      : await exactlyOnce.applyBatch([incoming]);
  return applied.outcomes.get(incoming.eventId);
}

const none = { moves: 0, history: 0, notifications: 0, ledger: 0, outbox: 0 };
const points: readonly Point[] = [
  'before the claim',
  'after the claim',
  'amid the effects',
  'before COMMIT',
  'after COMMIT',
];
const matrix = points.flatMap((point) =>
  (['in a batch', 'alone'] as const).map((way) => ({ point, way })),
);

describe('a process that is killed', () => {
  test.each(matrix)(
    '$point (applied $way) leaves all effects or none, and redeliveries complete them once',
    async ({ point, way }) => {
      const event = await aReadyEventOfANewAsset();

      const child = startCrashChild({ way, point, signal: 'SIGKILL', event });
      await child.printed('reached');
      await expect(child.ended).resolves.toMatchObject({ signal: 'SIGKILL' });

      const committed = point === 'after COMMIT';
      expect(await countEffects(database.pool, [event.id])).toEqual([committed ? onceEach : none]);
      await expect(deliver(event, 'in a batch')).resolves.toBe(
        committed ? 'duplicate' : 'processed',
      );
      await expect(deliver(event, 'alone')).resolves.toBe('duplicate');
      expect(await countEffects(database.pool, [event.id])).toEqual([onceEach]);
    },
  );
});

describe('a process that freezes after the claim', () => {
  test.each(['in a batch', 'alone'] as const)(
    'keeps the claim if it resumes in time: a duplicate (applied %s) waits',
    async (way) => {
      const event = await aReadyEventOfANewAsset();
      const frozen = startCrashChild({ way, point: 'after the claim', signal: 'SIGSTOP', event });
      await frozen.printed('reached');

      const duplicate = deliver(event, way);
      await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
      frozen.process.kill('SIGCONT');

      await expect(frozen.printed('outcome')).resolves.toBe('processed');
      await expect(duplicate).resolves.toBe('duplicate');
      expect(await countEffects(database.pool, [event.id])).toEqual([onceEach]);
    },
  );

  test('loses the claim if it resumes too late: only the redelivery has effects', async () => {
    const event = await aReadyEventOfANewAsset();
    const frozen = startCrashChild({
      way: 'in a batch',
      point: 'after the claim',
      signal: 'SIGSTOP',
      event,
    });
    await frozen.printed('reached');

    const outcome = await eventually(
      () => deliver(event, 'in a batch').catch((error: { code?: string }) => error.code),
      (result) => result !== '55P03',
    );
    expect(outcome).toBe('processed');

    frozen.process.kill('SIGCONT');
    await expect(frozen.printed('outcome')).resolves.toBe('failed');
    expect(await countEffects(database.pool, [event.id])).toEqual([onceEach]);
  });
});
