import { expect, test } from '@jest/globals';
import { type RunPart, runParts } from '../../../../lambdas/webhooks/retry/run-parts.ts';

/** Creates parts that use up time of a common clock and record when each ran. */
function aRun(totalMs: number) {
  let left = totalMs;
  const ran: string[] = [];
  const aPart = (name: string, workMs: number): RunPart => {
    let work = workMs;
    return {
      name,
      async run(remainingMs) {
        ran.push(`${name} ${Math.round(remainingMs())}`);
        const used = Math.min(work, remainingMs());
        work -= used;
        left -= used;
        return work > 0;
      },
    };
  };
  return { ran, aPart, remainingMs: () => left };
}

test('gives each part an equal share, and unused time to later parts', async () => {
  const { ran, aPart, remainingMs } = aRun(90);

  await runParts([aPart('a', 10), aPart('b', 1_000), aPart('c', 5)], remainingMs);

  expect(ran).toEqual(['a 30', 'b 40', 'c 40', 'b 35']);
});

test('runs the other parts after one throws, and reports it', async () => {
  const { ran, aPart, remainingMs } = aRun(90);
  const broken: RunPart = { name: 'broken', run: () => Promise.reject(new Error('down')) };

  const failed = await runParts([broken, aPart('b', 10)], remainingMs);

  expect(ran).toEqual(['b 90']);
  expect(failed).toEqual([{ name: 'broken', error: new Error('down') }]);
});
