import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AssetStatus } from '../../../../lambdas/assets/assets.queries.ts';
import { advance, join, statusRanks } from '../../../../lambdas/providers/mux/asset-state.ts';
import type { MuxEvent, Target } from '../../../../lambdas/providers/mux/events.ts';
import { aMuxEvent, anAsset } from '../../../support/providers/assets.ts';

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 10, 0, second));
const event = (target: Target, second: number, id = `${target}-${second}`) =>
  aMuxEvent({ target, occurredAt: at(second), eventId: id });

const targets: readonly Target[] = ['processing', 'cancelled', 'ready', 'failed', 'deleted'];

// Few distinct times, so that ties are common. Event ids are unique.
const history = fc
  .array(
    fc.record({
      target: fc.constantFrom(...targets),
      second: fc.integer({ min: 0, max: 3 }),
      playbackId: fc.constantFrom('p1', 'p2'),
      policy: fc.constantFrom('signed', 'public', 'drm'),
      reason: fc.constantFrom('broken', 'too short'),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((events) =>
    events.map(({ target, second, playbackId, policy, reason }, index) =>
      aMuxEvent({
        eventId: `event-${index}`,
        target,
        occurredAt: at(second),
        playbackIds: target === 'ready' ? [{ id: playbackId, policy }] : [],
        failureReason: target === 'failed' ? reason : null,
      }),
    ),
  );

const applyAll = (events: readonly MuxEvent[]) => events.reduce(advance, anAsset());

test('returns the same asset for any order of events', () => {
  fc.assert(
    fc.property(
      history.chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
        ),
      ),
      ([events, shuffled]) => {
        expect(applyAll(shuffled)).toEqual(applyAll(events));
      },
    ),
  );
});

test('changes nothing when an event is applied again', () => {
  fc.assert(
    fc.property(history, fc.nat(), (events, index) => {
      const repeated = events[index % events.length] as MuxEvent;

      expect(advance(applyAll(events), repeated)).toEqual(applyAll(events));
    }),
  );
});

test('never moves the status back', () => {
  fc.assert(
    fc.property(history, (events) => {
      let asset = anAsset();
      for (const one of events) {
        const next = advance(asset, one);
        expect(statusRanks[next.status]).toBeGreaterThanOrEqual(statusRanks[asset.status]);
        asset = next;
      }
    }),
  );
});

test('joins two rows of an asset to the state that one row would have', () => {
  fc.assert(
    fc.property(history, fc.nat(), (events, cut) => {
      const middle = cut % (events.length + 1);
      const halves = [events.slice(0, middle), events.slice(middle)].map(applyAll);

      expect(join(halves[0] as never, halves[1] as never)).toEqual(applyAll(events));
    }),
  );
});

test.each([
  ['keeps ready when created arrives later', [event('ready', 5), event('processing', 1)], 'ready'],
  [
    'keeps ready when a cancellation arrives later',
    [event('ready', 1), event('cancelled', 9)],
    'ready',
  ],
  ['replaces ready by a newer failure', [event('ready', 1), event('failed', 2)], 'failed'],
  ['keeps ready when an older failure arrives', [event('ready', 2), event('failed', 1)], 'ready'],
  ['replaces a failure by a newer ready', [event('failed', 1), event('ready', 2)], 'ready'],
  [
    'keeps deleted whatever follows',
    [event('deleted', 1), event('ready', 9), event('failed', 9)],
    'deleted',
  ],
  [
    'lets the greater event id win at equal times',
    [event('failed', 1, 'b'), event('ready', 1, 'a')],
    'failed',
  ],
] as const)('%s', (_, events, status: AssetStatus) => {
  expect(applyAll(events).status).toBe(status);
});

test('prefers the signed playback id to a public one', () => {
  const playbackIds = [
    { id: 'open', policy: 'public' },
    { id: 'closed', policy: 'signed' },
  ];

  expect(advance(anAsset(), aMuxEvent({ playbackIds }))).toMatchObject({
    playbackId: 'closed',
    playbackPolicy: 'signed',
  });
});

test('makes an asset with only a DRM playback id ready without a playback id', () => {
  const playbackIds = [{ id: 'licensed', policy: 'drm' }];

  expect(advance(anAsset(), aMuxEvent({ playbackIds }))).toMatchObject({
    status: 'ready',
    playbackId: null,
  });
});
