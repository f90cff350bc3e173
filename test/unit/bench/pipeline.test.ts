import { describe, expect, test } from '@jest/globals';
import { readStatus } from '../../../bench/pipeline/connection.ts';
import { addBests } from '../../../bench/pipeline/findings.ts';
import type { Attacked } from '../../../bench/pipeline/generator.ts';
import { latenciesOf, ratesOf } from '../../../bench/pipeline/measures.ts';
import { Samples } from '../../../bench/samples.ts';

const attackOf = (
  dues: Readonly<Record<string, number>>,
  rest: Partial<Attacked> = {},
): Attacked => ({
  startedAt: 10_000,
  endedAt: 12_000,
  accepted: Object.keys(dues).length,
  acceptMs: [],
  events: Object.entries(dues).map(([eventId, dueAt]) => ({
    eventId,
    type: 'video.asset.ready',
    dueAt,
  })),
  ...rest,
});

test('the time of a rate goes on until the last effect, and that of what was accepted does not', () => {
  const attacked = attackOf({ a: 10_000, b: 11_000 }, { accepted: 4 });
  const effects = new Map([
    ['a', 10_500],
    ['b', 14_000],
  ]);

  expect(ratesOf(attacked, effects)).toEqual({ effects: 0.5, accepted: 2 });
});

describe('at a steady rate', () => {
  test('latencies are from when a delivery was due', () => {
    const attacked = attackOf({ a: 10_000, b: 10_005, c: 10_010 }, { acceptMs: [3, 1, 2] });
    const effects = new Map([
      ['a', 10_002],
      ['b', 10_009],
      ['c', 10_016],
    ]);

    const { effectP50, acceptP50 } = latenciesOf(attacked, effects, 1);

    expect({ effectP50, acceptP50 }).toEqual({ effectP50: 4, acceptP50: 2 });
  });

  test.each([
    ['leaves out what has its effect by the end', 10_100, 11_900, 0],
    ['counts what was due long before the end and has its effect only after it', 10_100, 12_100, 1],
    ['leaves out what was due a moment before the end', 11_900, 12_100, 0],
  ])('the backlog %s', (_, dueAt, effectAt, backlog) => {
    expect(latenciesOf(attackOf({ a: dueAt }), new Map([['a', effectAt]]), 2).backlog).toBe(
      backlog,
    );
  });
});

test('ours is held against whichever peer was best in the round', () => {
  const samples = new Samples();
  const round = (rates: Readonly<Record<string, number>>) => {
    for (const [name, rate] of Object.entries(rates)) samples.add(name, rate);
    addBests(samples);
  };
  const others = {
    'pg-boss saturated public': 1,
    'bullmq steady effectP99': 9,
    'pg-boss notified steady effectP99': 7,
  };

  round({ 'graphile-worker saturated': 500, 'pg-boss saturated': 700, ...others });
  round({ 'graphile-worker saturated': 650, 'pg-boss saturated': 600, ...others });

  expect(samples.of('best of Postgres saturated')).toEqual([700, 650]);
  expect(samples.of('best of queues steady effectP99')).toEqual([7, 7]);
});

const answer =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nContent-Length: 2\r\nconnection: keep-alive\r\n\r\n{}';

describe('of an answer, the generator reads the status', () => {
  test('once it is whole', () => {
    expect(readStatus(answer)).toBe(200);
    expect(readStatus(answer.replace('200 OK', '500 Internal Server Error'))).toBe(500);
  });

  test.each([answer.length - 1, answer.indexOf('\r\n\r\n') + 4, answer.indexOf('\r\n\r\n') + 2, 0])(
    'and waits for the rest of %d characters',
    (length) => {
      expect(readStatus(answer.slice(0, length))).toBeUndefined();
    },
  );
});
