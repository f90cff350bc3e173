import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MailDeliveryStatus } from '../../../../lambdas/notifications/email-deliveries.queries.ts';
import type { IncidentKind } from '../../../../lambdas/notifications/email-suppressions.queries.ts';
import type { MailEvent } from '../../../../lambdas/providers/resend/events.ts';
import { type Locked, reduceEvents } from '../../../../lambdas/providers/resend/reduce-events.ts';

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
};
const locked: Locked = {
  mails: [mail],
  addresses: [{ address, suppressed: false, liftedAt: null, incidents: [] }],
};

function anEvent(event: Partial<MailEvent> = {}): MailEvent {
  return {
    eventId: 'msg_1',
    type: 'email.delivered',
    status: 'delivered',
    occurredAt: new Date('2026-03-01T10:00:00Z'),
    emailId: 'mail-1',
    notificationId: 'n-1',
    addresses: [address],
    incident: undefined,
    reason: undefined,
    ...event,
  };
}

const walk = (events: readonly MailEvent[], from: Locked = locked) =>
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
      return anEvent({
        eventId,
        status,
        occurredAt,
        incident: kinds[pick % Math.max(1, kinds.length)],
      });
    }),
  { selector: ({ eventId }) => eventId, maxLength: 12 },
);

test('whatever the order and the batches in which events come, mail and address end the same', () => {
  fc.assert(
    fc.property(anyEvents, fc.infiniteStream(fc.nat()), fc.nat(12), (events, picks, cut) => {
      const shuffled = events.map((event) => ({ event, key: picks.next().value ?? 0 }));
      const other = shuffled.toSorted((one, two) => one.key - two.key).map(({ event }) => event);
      const first = walk(other.slice(0, cut));
      const second = walk(other.slice(cut), after(locked, first));
      const whole = walk(events);

      expect([...first.mails, ...second.mails].at(-1)).toEqual(whole.mails.at(-1));
      const suppressions = (steps: typeof whole.steps) =>
        steps.flatMap((step) => step.suppressions).length;
      expect(suppressions(first.steps) + suppressions(second.steps)).toBe(
        suppressions(whole.steps),
      );
    }),
  );
});

/** What the next transaction reads. */
function after(
  { mails, addresses }: Locked,
  { mails: moved, steps }: ReturnType<typeof walk>,
): Locked {
  const incidents = steps
    .flatMap((step) => step.incidents)
    .filter(({ kind }) => kind !== 'unclear');
  const isSuppressed = steps.some(({ suppressions }) => suppressions.length > 0);
  return {
    mails: mails.map(
      (one) => moved.find(({ notificationId }) => notificationId === one.notificationId) ?? one,
    ),
    addresses: addresses.map((one) => ({ ...one, incidents, suppressed: isSuppressed })),
  };
}

test('an event that is applied once more does nothing', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const again = walk(events, after(locked, walk(events)));
      expect(again.mails).toEqual([]);
      expect(again.steps.flatMap(({ suppressions }) => suppressions)).toEqual([]);
    }),
  );
});

describe('which mail an event is about', () => {
  const other = { ...mail, notificationId: 'n-2', emailId: 'mail-2' };
  const both = { ...locked, mails: [mail, other] };

  test('says our tag, whatever Resend calls the mail', () => {
    const { mails } = walk([anEvent({ notificationId: 'n-2', emailId: 'mail-1' })], both);
    expect(mails.map(({ notificationId }) => notificationId)).toEqual(['n-2']);
  });

  test('says Resend’s id where there is no tag, or one of somebody else’s', () => {
    for (const notificationId of [undefined, 'n-9'])
      expect(walk([anEvent({ notificationId, emailId: 'mail-2' })], both).mails).toMatchObject([
        { notificationId: 'n-2' },
      ]);
  });

  test('is never one that has no id yet and no tag', () => {
    const unsent = { ...locked, mails: [{ ...mail, emailId: null }] };
    const { steps } = walk([anEvent({ notificationId: undefined, incident: 'complaint' })], unsent);
    expect(steps).toMatchObject([{ mail: 'unknown', incidents: [], suppressions: [] }]);
  });
});

test('a bounce that says nothing about itself is told as that', () => {
  const { mails, steps } = walk([anEvent({ status: 'bounced', incident: 'unclear' })]);
  expect(mails).toMatchObject([
    { status: 'bounced', reason: expect.stringContaining('neither a known type') },
  ]);
  expect(steps).toMatchObject([{ incidents: [{ kind: 'unclear' }], suppressions: [] }]);
});

test('an address that nobody holds stops the event, so that it comes again', () => {
  expect(() => walk([anEvent({ incident: 'complaint' })], { ...locked, addresses: [] })).toThrow(
    'Nobody holds',
  );
});
