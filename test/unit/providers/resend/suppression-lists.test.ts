import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AddressRecord } from '../../../../lambdas/notifications/email-suppressions.queries.ts';
import { compareLists } from '../../../../lambdas/providers/resend/compare-suppressions.ts';
import { parseResendEvent } from '../../../../lambdas/providers/resend/events.ts';
import { reduceEvents } from '../../../../lambdas/providers/resend/reduce-events.ts';
import type { ResendEvent } from '../../../support/providers/resend-events.ts';
import { anyListSteps, playSteps } from '../../../support/providers/resend-list-model.ts';

const rule = { permanentBounces: 2, transientBounces: 5, transientWindowDays: 30 };
const address = 'mia@members.example';
const notificationId = '0198c1f0-7d3c-7f4e-9a51-3f0d6b1c2e44';
const mail = {
  notificationId,
  emailId: 'mail-1',
  status: null,
  isSoft: false,
  at: null,
  eventId: null,
  reason: null,
  recipient: address,
  isOperational: false,
};

/** Keeps one address as Postgres does: reduces each event on the stored row. */
function aPortalList() {
  let record: AddressRecord = {
    address,
    suppressed: false,
    listed: false,
    listedAt: null,
    liftedAt: null,
    liftedBy: null,
    incidents: [],
  };
  const later = (one: Date | null, other: Date) => (one !== null && one > other ? one : other);
  return {
    record: () => record,
    deliver({ id, body }: ResendEvent) {
      const event = parseResendEvent(id, body.type, JSON.stringify(body));
      if (event === undefined) throw new Error(body.type);
      const rows = { mails: [mail], addresses: [record] };
      const { addresses, effects } = reduceEvents(rows, [event], rule, new Date());
      const incidents = [...record.incidents, ...effects.flatMap((effect) => effect.incidents)];
      const next = addresses[0] ?? record;
      record = {
        ...next,
        incidents: incidents.filter(
          ({ occurredAt }) => next.liftedAt === null || occurredAt > next.liftedAt,
        ),
      };
    },
    lift(at: Date) {
      const liftedAt = later(record.liftedAt, at);
      record = {
        ...record,
        suppressed: false,
        listed: false,
        listedAt: later(record.listedAt, at),
        liftedAt,
        liftedBy: 'ines',
        incidents: record.incidents.filter(({ occurredAt }) => occurredAt > liftedAt),
      };
    },
  };
}

test('both lists are equal after any order of bounces, reports, removals and lifts', async () => {
  await fc.assert(
    fc.asyncProperty(anyListSteps, async (steps) => {
      const portal = aPortalList();
      const isListed = await playSteps(steps, portal, () => ({ ...mail, to: address }));
      expect(portal.record()).toMatchObject({ suppressed: isListed, listed: isListed });
    }),
    { numRuns: 2_000 },
  );
});

describe('compareLists', () => {
  const theirs = [{ address: 'a@x.example', reason: 'complaint' as const }];

  test.each([
    ['an address only at Resend', theirs, [], [{ isListed: true, isVisible: true }]],
    [
      'an address that the portal suppressed by its rule, and now Resend too',
      theirs,
      [{ address: 'a@x.example', listed: false }],
      [{ isListed: true, isVisible: false }],
    ],
    ['an address in both', theirs, [{ address: 'a@x.example', listed: true }], []],
    [
      'an address that Resend no longer has',
      [],
      [{ address: 'a@x.example', listed: true }],
      [{ isListed: false, isVisible: true }],
    ],
    [
      'an address that only the rule of the portal suppresses',
      [],
      [{ address: 'a@x.example', listed: false }],
      [],
    ],
  ])('reports %s', (_, listed, ours, differences) => {
    expect(compareLists(listed, ours)).toEqual(
      differences.map((difference) => ({
        address: 'a@x.example',
        reason: expect.any(String),
        ...difference,
      })),
    );
  });
});
