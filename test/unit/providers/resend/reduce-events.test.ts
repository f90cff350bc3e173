import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MailDeliveryStatus } from '../../../../lambdas/notifications/email-deliveries.queries.ts';
import type { IncidentKind } from '../../../../lambdas/notifications/email-suppressions.queries.ts';
import type { MailEvent } from '../../../../lambdas/providers/resend/events.ts';
import {
  type ResendRows,
  reduceEvents,
  suppressionsOf,
} from '../../../../lambdas/providers/resend/reduce-events.ts';

const rule = { permanentBounces: 2, transientBounces: 5, transientWindowDays: 30 };
const now = new Date('2026-03-09T00:00:00Z');
const address = 'mia@members.example';
const mail = {
  notificationId: 'n-1',
  emailId: 'mail-1',
  status: null,
  at: null,
  eventId: null,
  reason: null,
  isSoft: false,
  recipient: address,
  isOperational: false,
};
const knownAddress = {
  address,
  suppressed: false,
  listed: false,
  listedAt: null,
  liftedAt: null,
  liftedBy: null,
  incidents: [],
};
const rows: ResendRows = {
  mails: [mail],
  addresses: [knownAddress],
};

function anEvent(event: Partial<MailEvent> = {}): MailEvent {
  return {
    about: 'mail',
    eventId: 'msg_1',
    type: 'email.delivered',
    status: 'delivered',
    isSoft: false,
    occurredAt: new Date('2026-03-01T10:00:00Z'),
    emailId: 'mail-1',
    notificationId: 'n-1',
    incident: undefined,
    listedFor: undefined,
    bounce: undefined,
    reason: undefined,
    ...event,
  };
}

const reduce = (events: readonly MailEvent[], from: ResendRows = rows) =>
  reduceEvents(from, events, rule, now);

const statuses: Readonly<Record<MailDeliveryStatus, IncidentKind[]>> = {
  sent: [],
  delayed: [],
  delivered: [],
  failed: [],
  suppressed: [],
  bounced: ['permanent', 'transient', 'unclear'],
  complained: ['complaint'],
};
const anyEvents = fc.uniqueArray(
  fc
    .record({
      status: fc.constantFrom(...(Object.keys(statuses) as MailDeliveryStatus[])),
      pick: fc.nat(2),
      hour: fc.nat(900),
      eventId: fc.string({ minLength: 1, maxLength: 2 }),
    })
    .map(({ status, pick, hour, eventId }) => {
      const kinds = statuses[status];
      const occurredAt = new Date(Date.UTC(2026, 2, 1, hour));
      const incident = kinds[pick % Math.max(1, kinds.length)];
      const isSoft = incident === 'transient' || incident === 'unclear';
      return anEvent({ eventId, status, occurredAt, incident, isSoft });
    }),
  { selector: ({ eventId }) => eventId, maxLength: 12 },
);

test('returns the same mail and address for any order and batching of events', () => {
  fc.assert(
    fc.property(anyEvents, fc.infiniteStream(fc.nat()), fc.nat(12), (events, picks, cut) => {
      const shuffled = events.map((event) => ({ event, key: picks.next().value ?? 0 }));
      const other = shuffled.toSorted((one, two) => one.key - two.key).map(({ event }) => event);
      const first = reduce(other.slice(0, cut));
      const second = reduce(other.slice(cut), rowsAfter(rows, first));
      const whole = reduce(events);

      expect([...first.mails, ...second.mails].at(-1)).toEqual(whole.mails.at(-1));
      const suppressions = (effects: typeof whole.effects) =>
        effects.flatMap(suppressionsOf).length;
      expect(suppressions(first.effects) + suppressions(second.effects)).toBe(
        suppressions(whole.effects),
      );
    }),
  );
});

/** Returns the rows that the next transaction reads. */
function rowsAfter(
  { mails, addresses }: ResendRows,
  { mails: changed, effects }: ReturnType<typeof reduce>,
): ResendRows {
  const incidents = effects
    .flatMap((effect) => effect.incidents)
    .filter(({ kind }) => kind !== 'unclear');
  const isSuppressed = effects.flatMap(suppressionsOf).length > 0;
  return {
    mails: mails.map((one) => ({
      ...one,
      ...changed.find(({ notificationId }) => notificationId === one.notificationId),
    })),
    addresses: addresses.map((one) => ({ ...one, incidents, suppressed: isSuppressed })),
  };
}

test('changes nothing when events are applied again', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const second = reduce(events, rowsAfter(rows, reduce(events)));
      expect(second.mails).toEqual([]);
      expect(second.effects.flatMap(suppressionsOf)).toEqual([]);
    }),
  );
});

describe('the mail of an event', () => {
  const other = { ...mail, notificationId: 'n-2', emailId: 'mail-2' };
  const both = { ...rows, mails: [mail, other] };

  test('is found by the tag even if the id of Resend names another mail', () => {
    const { mails } = reduce([anEvent({ notificationId: 'n-2', emailId: 'mail-1' })], both);
    expect(mails.map(({ notificationId }) => notificationId)).toEqual(['n-2']);
  });

  test('is found by the id of Resend if the tag is missing or unknown', () => {
    for (const notificationId of [undefined, 'n-9'])
      expect(reduce([anEvent({ notificationId, emailId: 'mail-2' })], both).mails).toMatchObject([
        { notificationId: 'n-2' },
      ]);
  });

  test('is unknown if the event has no tag and the mail has no id yet', () => {
    const unsent = { ...rows, mails: [{ ...mail, emailId: null }] };
    const { effects } = reduce(
      [anEvent({ notificationId: undefined, incident: 'complaint' })],
      unsent,
    );
    expect(effects).toMatchObject([{ mail: 'unknown', incidents: [], changes: [] }]);
  });
});

test('stores a default reason for a bounce without type and reason', () => {
  const { mails, effects } = reduce([anEvent({ status: 'bounced', incident: 'unclear' })]);
  expect(mails).toMatchObject([
    { status: 'bounced', reason: expect.stringContaining('neither a known type') },
  ]);
  expect(effects).toMatchObject([{ incidents: [{ kind: 'unclear' }], changes: [] }]);
});

test('throws a TransientError for an address that is not locked', () => {
  expect(() => reduce([anEvent({ incident: 'complaint' })], { ...rows, addresses: [] })).toThrow(
    'is not locked',
  );
});
