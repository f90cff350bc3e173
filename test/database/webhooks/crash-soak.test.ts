import { beforeAll, expect, test } from '@jest/globals';
import {
  countMoves,
  createFilms,
  leftBy,
  onceEach,
  totals,
} from '../../support/crash/crash-child-events.ts';
import { startChild } from '../../support/crash/crash-child-process.ts';
import type { SoakOrder } from '../../support/crash/crash-child-soak.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase({ connections: 4 });
beforeAll(() => countMoves(database.pool));

const PROCESSES = 4;
// Each is started again so often; the last of each may finish, so that every event is delivered to the end.
const KILLS = 4;

test('300 events, delivered by 4 processes that are killed at random, have each effect once', async () => {
  const films = Array.from({ length: 300 }, (_, index) => `film-${index}`);
  await createFilms(database.pool, films);

  const killed = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) => keepKilling(index, films)),
  );

  // A process that had finished before its time came was not killed; most must have been for this to mean something.
  expect(killed.flat().filter((signal) => signal === 'SIGKILL').length).toBeGreaterThanOrEqual(
    PROCESSES,
  );
  const left = await leftBy(
    database.pool,
    films.map((film) => `event-${film}`),
  );
  expect(left).toEqual(films.map(() => onceEach));
  expect(await totals(database.pool)).toEqual({ records: 300, outbox: 600, moves: 300 });
}, 60_000);

async function keepKilling(index: number, films: readonly string[]) {
  const ends: (NodeJS.Signals | null)[] = [];
  for (let round = 0; round <= KILLS; round += 1) {
    const child = startChild('./crash-child-soak.ts', {
      url: database.url,
      films,
      seed: index * 100 + round,
    } satisfies SoakOrder);
    await child.said('started');
    if (round < KILLS) setTimeout(() => child.process.kill('SIGKILL'), Math.random() * 150);
    const { code, signal } = await child.ended;
    if (round === KILLS) expect(code).toBe(0);
    ends.push(signal);
  }
  return ends;
}
