import { expect, test } from '@jest/globals';
import { type FaultPlan, makeFaults } from '../../../../local/sandbox/faults/faults.ts';
import {
  makeFaultyDelivery,
  notDelivered,
} from '../../../../local/sandbox/faults/faulty-delivery.ts';

const draw = (plan: FaultPlan, count = 1_000) => {
  const faults = makeFaults();
  faults.plan(plan);
  return Array.from({ length: count }, () => faults.delivery());
};

test('the same seed has the same faults, another seed has others', () => {
  const plan = { dropPercent: 20, misreportPercent: 50, delayPercent: 10, reorderPercent: 10 };

  expect(draw({ seed: 1, ...plan })).toEqual(draw({ seed: 1, ...plan }));
  expect(draw({ seed: 1, ...plan })).not.toEqual(draw({ seed: 2, ...plan }));
});

test('drops about the percentage of the plan', () => {
  const dropped = draw({ dropPercent: 20 }, 5_000).filter((fault) => fault?.kind === 'drop');

  expect(dropped.length).toBeGreaterThan(900);
  expect(dropped.length).toBeLessThan(1_100);
});

test('without a plan nothing fails', () => {
  const faults = makeFaults();

  expect(faults.delivery()).toBeUndefined();
  expect(faults.request()).toBeUndefined();
  expect(faults.hides()).toBe(false);
});

test('requests fail with each of three statuses', () => {
  const faults = makeFaults();
  faults.plan({ errorPercent: 100 });

  expect(new Set(Array.from({ length: 100 }, () => faults.request()))).toEqual(
    new Set([429, 422, 500]),
  );
});

async function post(plan: FaultPlan, events: readonly string[]) {
  const faults = makeFaults();
  const delivery = makeFaultyDelivery(faults);
  const posted: string[] = [];
  const responses = [];
  faults.plan(plan);
  for (const [index, event] of events.entries()) {
    if (index === 1) faults.plan({});
    const answer = async () => {
      posted.push(event);
      return { statusCode: 200, body: '', tookMs: 0 };
    };
    responses.push((await delivery.post(answer)).statusCode);
  }
  await delivery.flush();
  return { posted, responses };
}

test('a reordered delivery leaves after the next one', async () => {
  expect(await post({ reorderPercent: 100 }, ['a', 'b', 'c'])).toEqual({
    posted: ['b', 'a', 'c'],
    responses: [notDelivered.statusCode, 200, 200],
  });
});

test('a delayed delivery leaves later, a dropped one never', async () => {
  expect((await post({ delayPercent: 100, delayMs: 5 }, ['a', 'b'])).posted).toEqual(['b', 'a']);
  expect((await post({ dropPercent: 100 }, ['a', 'b'])).posted).toEqual(['b']);
});
