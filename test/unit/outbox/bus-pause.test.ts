import { describe, expect, test } from '@jest/globals';
import { makeBusPause } from '../../../lambdas/outbox/bus-pause.ts';
import { makePublishOutbox } from '../../../lambdas/outbox/publish-outbox.ts';
import type { PublishResult } from '../../../lambdas/outbox/put-events.ts';

const START = Date.parse('2026-03-01T10:00:00Z');

describe('the pause of an unavailable bus', () => {
  /** Returns the lengths of the pauses after so many failures in a row. */
  function pausesAfter(failures: number, random: number): readonly number[] {
    let time = START;
    const pause = makeBusPause(
      () => new Date(time),
      () => random,
    );
    return Array.from({ length: failures }, () => {
      pause.record(false);
      const startedAt = time;
      while (pause.isActive()) time += 100;
      return time - startedAt;
    });
  }

  test('doubles with each failure, up to a minute', () => {
    const longest = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000];

    expect(pausesAfter(8, 0)).toEqual(longest.map((one) => one / 2));
    expect(pausesAfter(8, 1)).toEqual(longest);
  });

  test('ends with a success, and begins again with a second', () => {
    const pause = makeBusPause(
      () => new Date(START),
      () => 0,
    );
    for (let failure = 0; failure < 5; failure += 1) pause.record(false);
    expect(pause.isActive()).toBe(true);
    pause.record(true);
    expect(pause.isActive()).toBe(false);
  });
});

describe('publishing after a commit', () => {
  const entry = { id: '00000000-0000-4000-8000-000000000001', type: 'asset.ready', detail: {} };
  const unavailable: PublishResult = {
    published: [],
    failed: [{ id: entry.id, error: 'InternalFailure', kind: 'unavailable' }],
  };
  const rejected: PublishResult = {
    published: [],
    failed: [{ id: entry.id, error: 'MalformedDetail', kind: 'rejected' }],
  };

  function publisherOf(...results: readonly PublishResult[]) {
    const state = { time: START, calls: 0, marks: 0 };
    const publishOutbox = makePublishOutbox({
      publish: async () => results[state.calls++] ?? { published: [entry.id], failed: [] },
      mark: async () => {
        state.marks += 1;
      },
      now: () => new Date(state.time),
    });
    return { state, publish: () => publishOutbox([entry]) };
  }

  test('calls the bus once while it is unavailable, and again after the pause', async () => {
    const { state, publish } = publisherOf(unavailable);
    for (let batch = 0; batch < 5; batch += 1) await publish();
    expect(state).toMatchObject({ calls: 1, marks: 1 });

    state.time += 1_000;
    await publish();
    await publish();
    expect(state).toMatchObject({ calls: 3, marks: 3 });
  });

  test('makes no pause after an entry that the bus rejects', async () => {
    const { state, publish } = publisherOf(rejected, rejected);
    await publish();
    await publish();
    expect(state.calls).toBe(2);
  });
});
