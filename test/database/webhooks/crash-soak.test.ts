import { beforeAll, expect, test } from '@jest/globals';
import { startChild } from '../../support/crash/child-process.ts';
import {
  countEffects,
  countMoves,
  countTotals,
  createAssets,
  onceEach,
} from '../../support/crash/ready-events.ts';
import type { SoakOrder } from '../../support/crash/soak-child.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase({ connections: 4 });
beforeAll(() => countMoves(database.pool));

const PROCESSES = 4;
// Each process is started once more than it is killed, so that every event is delivered in the end.
const KILLS = 4;

test('applies each of 300 events once while 4 processes are killed at random', async () => {
  const assets = Array.from({ length: 300 }, (_, index) => `asset-${index}`);
  await createAssets(database.pool, assets);

  const signals = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) => restartAndKill(index, assets)),
  );

  // A process may finish before it is killed. The test is meaningful only if most were killed.
  expect(signals.flat().filter((signal) => signal === 'SIGKILL').length).toBeGreaterThanOrEqual(
    PROCESSES,
  );
  const effects = await countEffects(
    database.pool,
    assets.map((asset) => `event-${asset}`),
  );
  expect(effects).toEqual(assets.map(() => onceEach));
  expect(await countTotals(database.pool)).toEqual({ records: 300, outbox: 600, moves: 300 });
});

async function restartAndKill(index: number, assets: readonly string[]) {
  const signals: (NodeJS.Signals | null)[] = [];
  for (let round = 0; round <= KILLS; round += 1) {
    const child = startChild('./soak-child.ts', {
      url: database.url,
      assets,
      seed: index * 100 + round,
    } satisfies SoakOrder);
    await child.printed('started');
    if (round < KILLS) setTimeout(() => child.process.kill('SIGKILL'), Math.random() * 150);
    const { code, signal } = await child.ended;
    if (round === KILLS) expect(code).toBe(0);
    signals.push(signal);
  }
  return signals;
}
