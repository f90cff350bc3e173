import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { makeMuxApplication } from '../../../lambdas/providers/mux/apply.ts';
import { makeProcessorStore } from '../../../lambdas/webhooks/process/processor-store.ts';
import type { CrashOrder, Point } from '../../support/crash/crash-child.ts';
import {
  aMuxArrival,
  aReadyEvent,
  countMoves,
  createFilms,
  leftBy,
  onceEach,
} from '../../support/crash/crash-child-events.ts';
import { startChild } from '../../support/crash/crash-child-process.ts';
import { eventually } from '../../support/eventually.ts';
import { blockedSessions, waitForOthers } from '../../support/idempotency/idempotency-harness.ts';
import { useDatabase } from '../../support/postgres/database.ts';

jest.setTimeout(30_000);

const database = useDatabase({ connections: 10 });
beforeAll(() => countMoves(database.pool));

let films = 0;
async function aFilm() {
  films += 1;
  await createFilms(database.pool, [`film-${films}`]);
  return aReadyEvent(`film-${films}`);
}

const children: ReturnType<typeof startChild>[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL');
    await child.ended;
  }
});

function childThat(order: Omit<CrashOrder, 'url'>) {
  const child = startChild('./crash-child.ts', {
    url: database.url,
    ...order,
  } satisfies CrashOrder);
  children.push(child);
  return child;
}

/** What the next delivery of the same event does, in this process. */
async function deliver(event: CrashOrder['event'], way: CrashOrder['way']) {
  const store = makeProcessorStore({
    provider: 'mux',
    pool: async () => database.pool,
    application: makeMuxApplication(async (id) => ({
      url: `https://stream.mux.com/${id}.m3u8`,
      expiresAt: null,
    })),
    now: () => new Date(),
  });
  const arrival = aMuxArrival(event);
  const applied =
    way === 'together' ? await store.applyTogether([arrival]) : await store.applyAlone(arrival);
  return applied.outcomes.get(arrival.eventId);
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
  (['together', 'alone'] as const).map((way) => ({ point, way })),
);

describe('a process that is killed', () => {
  test.each(matrix)(
    '$point (applied $way) leaves all of an event or nothing, and no delivery more than one effect',
    async ({ point, way }) => {
      const event = await aFilm();

      const child = childThat({ way, point, signal: 'SIGKILL', event });
      await child.said('reached');
      await expect(child.ended).resolves.toMatchObject({ signal: 'SIGKILL' });

      const committed = point === 'after COMMIT';
      expect(await leftBy(database.pool, [event.id])).toEqual([committed ? onceEach : none]);
      await expect(deliver(event, 'together')).resolves.toBe(committed ? 'duplicate' : 'processed');
      await expect(deliver(event, 'alone')).resolves.toBe('duplicate');
      expect(await leftBy(database.pool, [event.id])).toEqual([onceEach]);
    },
  );
});

describe('a process that freezes while it holds the claim', () => {
  test.each(['together', 'alone'] as const)(
    'and thaws in time, keeps it: a duplicate (%s) waits',
    async (way) => {
      const event = await aFilm();
      const frozen = childThat({ way, point: 'after the claim', signal: 'SIGSTOP', event });
      await frozen.said('reached');

      const duplicate = deliver(event, way);
      await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
      frozen.process.kill('SIGCONT');

      await expect(frozen.said('outcome')).resolves.toBe('processed');
      await expect(duplicate).resolves.toBe('duplicate');
      expect(await leftBy(database.pool, [event.id])).toEqual([onceEach]);
    },
  );

  test('and thaws too late, has lost it: redelivery has the effects, and the thawed process none', async () => {
    const event = await aFilm();
    const frozen = childThat({
      way: 'together',
      point: 'after the claim',
      signal: 'SIGSTOP',
      event,
    });
    await frozen.said('reached');

    const outcome = await eventually(
      () => deliver(event, 'together').catch((error: { code?: string }) => error.code),
      (answer) => answer !== '55P03',
    );
    expect(outcome).toBe('processed');

    frozen.process.kill('SIGCONT');
    await expect(frozen.said('outcome')).resolves.toBe('failed');
    expect(await leftBy(database.pool, [event.id])).toEqual([onceEach]);
  });
});
