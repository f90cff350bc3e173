import { describe, expect, test } from '@jest/globals';
import {
  mailStatusAfter,
  type PlannedVideo,
  planVideos,
} from '../../../../cli/soak/plan-videos.ts';
import { type Facts, prove } from '../../../../cli/soak/prove.ts';
import { seededRandom } from '../../../../cli/soak/random.ts';

const videos = planVideos(seededRandom(5), 5, 200);
const all = { videos, isAccepted: () => true };

const notificationKinds: Readonly<Record<string, readonly string[]>> = {
  ready: ['asset.ready'],
  failed: ['asset.failed', 'asset.failed.admin'],
  cancelled: ['asset.cancelled'],
};

/** Builds what a system without faults leaves behind. */
function perfectFacts(): Facts {
  const notifications = videos.flatMap((video) => [
    ...(notificationKinds[video.ending] ?? []).map((kind) => ({
      id: `${video.id}-${kind}`,
      kind,
      videoId: video.id,
      recipient: kind.endsWith('admin') ? 'admin@example.com' : video.address,
      mailStatus: 'sent',
      deliveryStatus: kind.endsWith('admin') ? null : mailStatusAfter(video),
      address: null,
    })),
    ...(isSuppressed(video) ? [suppressionNotice(video)] : []),
  ]);
  const domainEvents = videos
    .filter(({ ending }) => ending in notificationKinds)
    .map(({ id, ending }) => ({ id: `event-${id}`, type: `asset.${ending}`, subject: id }));
  return {
    ledger: videos.flatMap(({ assetEvents, mailEvents }) => [
      ...assetEvents.map(({ id }) => ledgerRow('mux', id)),
      ...mailEvents.map(({ id }) => ledgerRow('resend', id)),
    ]),
    videos: videos.map(({ id, ending }) => ({ id, status: ending })),
    notifications,
    outbox: domainEvents.map((event) => ({ ...event, published: true })),
    bus: domainEvents,
    mails: notifications.map(({ id, kind, recipient, videoId, address }) => ({
      idempotencyKey: id,
      kind,
      recipient,
      subject: `about ${videoId ?? address}`,
    })),
    suppressed: videos.filter(isSuppressed).map(({ address }) => address),
  };
}

const isSuppressed = (video: PlannedVideo) =>
  video.mailEvents.length > 0 && mailStatusAfter(video) === 'complained';

const suppressionNotice = ({ address }: PlannedVideo) => ({
  id: `notice-${address}`,
  kind: 'address.suppressed',
  videoId: null,
  recipient: 'support@example.com',
  mailStatus: 'sent',
  deliveryStatus: null,
  address,
});

const ledgerRow = (source: string, eventId: string) => ({
  source,
  eventId,
  status: 'processed',
  errorCode: null,
  processedAt: null,
});

const without = <Item>(items: readonly Item[], index = 0) => items.toSpliced(index, 1);

const repeatFirst = <Item>(items: readonly Item[]) => [...items, items[0] as Item];

describe('the proof', () => {
  test('finds nothing in a run without faults', () => {
    const { lost, doubled, mailedTwice, applied } = prove(all, perfectFacts());

    expect({ lost, doubled, mailedTwice, applied }).toEqual({
      lost: [],
      doubled: [],
      mailedTwice: [],
      applied: 200,
    });
  });

  test.each<[what: string, change: (facts: Facts) => Partial<Facts>, finding: RegExp]>([
    ['an event without ledger row', (f) => ({ ledger: without(f.ledger) }), /no ledger row/],
    [
      'an event that failed',
      (f) => ({
        ledger: f.ledger.map((row, at) => (at === 0 ? { ...row, status: 'failed' } : row)),
      }),
      /: failed$/,
    ],
    [
      'a video with another status',
      (f) => ({ videos: f.videos.map((one) => ({ ...one, status: 'processing' })) }),
      /has the status processing, expected/,
    ],
    [
      'a notification that was not made',
      (f) => ({ notifications: without(f.notifications) }),
      /has no notification/,
    ],
    ['a mail that was not sent', (f) => ({ mails: without(f.mails) }), /not at Resend/],
    ['a domain event off the bus', (f) => ({ bus: without(f.bus) }), /not on the bus/],
    [
      'a domain event that was not written',
      (f) => ({ outbox: without(f.outbox), bus: without(f.bus) }),
      /has no domain event/,
    ],
    [
      'an address that is not suppressed',
      () => ({ suppressed: [] }),
      /complained and is not suppressed/,
    ],
    [
      'a mail whose delivery is unknown',
      (f) => ({ notifications: f.notifications.map((one) => ({ ...one, deliveryStatus: null })) }),
      /^The mail about .* is null/,
    ],
  ])('counts %s as lost', (_, change, finding) => {
    const facts = perfectFacts();
    const { lost } = prove(all, { ...facts, ...change(facts) });

    expect(lost).not.toEqual([]);
    expect(lost.some((text) => finding.test(text))).toBe(true);
  });

  test('counts a second notification and a second domain event as doubled', () => {
    const facts = perfectFacts();
    const [event] = facts.bus;
    const { doubled } = prove(all, {
      ...facts,
      notifications: repeatFirst(facts.notifications),
      bus: [...facts.bus, { ...(event as (typeof facts.bus)[number]), id: 'another' }],
    });

    expect(doubled).toEqual([
      expect.stringMatching(/^notification .*: 2 times$/),
      expect.stringMatching(/^domain event .*: 2 times$/),
    ]);
  });

  test('counts a publication with the same id as repeated, not as doubled', () => {
    const facts = perfectFacts();
    const proof = prove(all, { ...facts, bus: repeatFirst(facts.bus) });

    expect(proof).toMatchObject({ doubled: [], repeatedPublications: 1 });
  });

  test('counts the same mail with another idempotency key as mailed twice', () => {
    const facts = perfectFacts();
    const [mail] = facts.mails;
    const again = { ...(mail as (typeof facts.mails)[number]), idempotencyKey: 'another' };
    const { mailedTwice } = prove(all, { ...facts, mails: [...facts.mails, again] });

    expect(mailedTwice).toEqual([expect.stringMatching(/^mail .*: 2 times$/)]);
  });

  test('expects nothing of a video whose events were not all accepted', () => {
    const facts = { ...perfectFacts(), ledger: [], videos: [], notifications: [], outbox: [] };

    expect(prove({ videos, isAccepted: () => false }, facts).lost).toEqual([]);
  });
});
