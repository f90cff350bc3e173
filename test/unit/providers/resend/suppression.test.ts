import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IncidentKind } from '../../../../lambdas/notifications/email-suppressions.queries.ts';
import {
  parseSuppressionRule,
  suppressionReason,
} from '../../../../lambdas/providers/resend/suppression.ts';

const rule = parseSuppressionRule('2/5/30');
const day = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 86_400_000);
const incidents = (kind: IncidentKind, ...days: number[]) =>
  days.map((number) => ({ kind, occurredAt: day(number) }));

test.each([
  ['nothing', [], undefined],
  ['one permanent bounce', incidents('permanent', 0), undefined],
  ['two permanent bounces a year apart', incidents('permanent', 0, 365), 'permanent-bounces'],
  ['four transient bounces at once', incidents('transient', 0, 0, 0, 0), undefined],
  [
    'five transient bounces within exactly 30 days',
    incidents('transient', 0, 7, 14, 21, 30),
    'transient-bounces',
  ],
  [
    'five transient bounces in a little more than 30 days',
    incidents('transient', 0, 7, 14, 21, 30.00001),
    undefined,
  ],
  [
    'five transient bounces within 30 days after an older one',
    incidents('transient', -90, 0, 7, 14, 21, 30),
    'transient-bounces',
  ],
  [
    'one of each kind of bounce',
    [...incidents('permanent', 0), ...incidents('transient', 0)],
    undefined,
  ],
  ['one complaint', incidents('complaint', 0), 'complaint'],
  [
    'a complaint after two permanent bounces',
    [...incidents('permanent', 0, 1), ...incidents('complaint', 2)],
    'complaint',
  ],
  ['a hundred bounces without a type', incidents('unclear', ...Array(100).keys()), undefined],
] as const)('%s: %3$s', (_, given, reason) => {
  expect(suppressionReason(given, rule)).toBe(reason);
});

const anIncident = fc.record({
  kind: fc.constantFrom<IncidentKind>('permanent', 'transient', 'unclear'),
  occurredAt: fc.integer({ min: 0, max: 120 }).map(day),
});

test('returns the same reason for any order of incidents', () => {
  fc.assert(
    fc.property(
      fc.array(anIncident, { maxLength: 12 }),
      fc.infiniteStream(fc.nat()),
      (given, picks) => {
        const shuffled = given
          .map((incident) => ({ incident, rank: picks.next().value }))
          .sort((one, other) => one.rank - other.rank)
          .map(({ incident }) => incident);
        expect(suppressionReason(shuffled, rule)).toBe(suppressionReason(given, rule));
      },
    ),
  );
});

test('never lifts a suppression after another incident', () => {
  fc.assert(
    fc.property(fc.array(anIncident, { maxLength: 12 }), anIncident, (given, more) => {
      fc.pre(suppressionReason(given, rule) !== undefined);
      expect(suppressionReason([...given, more], rule)).toBeDefined();
    }),
  );
});

test.each(['', '2', '2/5', '0/5/30', '2/5/30/1', 'two/5/30'])(
  'rejects the rule %p and names the expected form',
  (text) => {
    expect(() => parseSuppressionRule(text)).toThrow('such as 2/5/30');
  },
);
