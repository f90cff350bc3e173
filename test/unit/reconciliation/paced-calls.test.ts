import { expect, test } from '@jest/globals';
import { makePacedCalls, OutOfTimeError } from '../../../lambdas/reconciliation/paced-calls.ts';
import {
  ApiLimitedError,
  retryAfterSeconds,
} from '../../../lambdas/reconciliation/provider-api.ts';

function aClock(availableMs = 3_600_000) {
  let at = 1_000_000;
  const endsAt = at + availableMs;
  const paced = makePacedCalls({
    now: () => new Date(at),
    wait: async (ms) => {
      at += ms;
    },
    remainingMs: () => endsAt - at,
  });
  return { ...paced, at: () => at };
}

test('starts requests a second apart', async () => {
  const { call, at, requests } = aClock();
  const times = [];
  for (let count = 0; count < 3; count += 1) times.push(await call(async () => at()));

  expect(times).toEqual([1_000_000, 1_001_000, 1_002_000]);
  expect(requests()).toBe(3);
});

test('waits after a 429 as long as the provider asks, and repeats the request', async () => {
  const { call, at } = aClock();
  const answers = [new ApiLimitedError('Mux', 30), 'done'];
  const result = await call(async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return { answer, at: at() };
  });

  expect(result).toEqual({ answer: 'done', at: 1_030_000 });
});

test.each([
  ['a pause of more than a minute', 61, 1],
  ['the sixth pause', 1, 6],
])('%s ends the run', async (_, seconds, requests) => {
  const paced = aClock();
  const limited = paced.call(async () => {
    throw new ApiLimitedError('Mux', seconds);
  });

  await expect(limited).rejects.toThrow(ApiLimitedError);
  expect(paced.requests()).toBe(requests);
});

test('sends no request that could outlast the run', async () => {
  await expect(aClock(7_999).call(async () => 1)).rejects.toThrow(OutOfTimeError);
  await expect(aClock(8_000).call(async () => 1)).resolves.toBe(1);
});

test.each([
  ['30', 30],
  ['0.2', 1],
  ['999999', 3_600],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 60],
  ['', 60],
  [undefined, 60],
  [null, 60],
])('reads retry-after %p as %i s', (header, seconds) => {
  expect(retryAfterSeconds(header)).toBe(seconds);
});
