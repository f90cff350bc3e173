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

// Few moments, so that ties are common; an id belongs to one event only.
const story = fc
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
  .map((told) =>
    told.map(({ target, second, playbackId, policy, reason }, index) =>
      aMuxEvent({
        eventId: `event-${index}`,
        target,
        occurredAt: at(second),
        playbackIds: target === 'ready' ? [{ id: playbackId, policy }] : [],
        failureReason: target === 'failed' ? reason : null,
      }),
    ),
  );

const tell = (events: readonly MuxEvent[]) => events.reduce(advance, anAsset());

test('the order in which events arrive makes no difference', () => {
  fc.assert(
    fc.property(
      story.chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
        ),
      ),
      ([events, shuffled]) => {
        expect(tell(shuffled)).toEqual(tell(events));
      },
    ),
  );
});

test('an event that is applied again changes nothing', () => {
  fc.assert(
    fc.property(story, fc.nat(), (events, index) => {
      const again = events[index % events.length] as MuxEvent;

      expect(advance(tell(events), again)).toEqual(tell(events));
    }),
  );
});

test('status never moves back', () => {
  fc.assert(
    fc.property(story, (events) => {
      let asset = anAsset();
      for (const one of events) {
        const next = advance(asset, one);
        expect(statusRanks[next.status]).toBeGreaterThanOrEqual(statusRanks[asset.status]);
        asset = next;
      }
    }),
  );
});

test('two rows of one film say together what one row would have said', () => {
  fc.assert(
    fc.property(story, fc.nat(), (events, cut) => {
      const middle = cut % (events.length + 1);
      const halves = [events.slice(0, middle), events.slice(middle)].map(tell);

      expect(join(halves[0] as never, halves[1] as never)).toEqual(tell(events));
    }),
  );
});

test.each([
  ['ready before created stays ready', [event('ready', 5), event('processing', 1)], 'ready'],
  [
    'a late cancellation does not take back a film',
    [event('ready', 1), event('cancelled', 9)],
    'ready',
  ],
  ['a newer failure replaces ready', [event('ready', 1), event('failed', 2)], 'failed'],
  ['an older failure does not', [event('ready', 2), event('failed', 1)], 'ready'],
  ['a film that was mended is ready again', [event('failed', 1), event('ready', 2)], 'ready'],
  ['deleted is the end', [event('deleted', 1), event('ready', 9), event('failed', 9)], 'deleted'],
  [
    'of two at one moment the greater id decides',
    [event('failed', 1, 'b'), event('ready', 1, 'a')],
    'failed',
  ],
] as const)('%s', (_, events, status: AssetStatus) => {
  expect(tell(events).status).toBe(status);
});

test('a film with a public and a signed playback id is played by the signed one', () => {
  const playbackIds = [
    { id: 'open', policy: 'public' },
    { id: 'closed', policy: 'signed' },
  ];

  expect(advance(anAsset(), aMuxEvent({ playbackIds }))).toMatchObject({
    playbackId: 'closed',
    playbackPolicy: 'signed',
  });
});

test('a film that plays only under DRM is ready and has no playback id', () => {
  const playbackIds = [{ id: 'licensed', policy: 'drm' }];

  expect(advance(anAsset(), aMuxEvent({ playbackIds }))).toMatchObject({
    status: 'ready',
    playbackId: null,
  });
});
