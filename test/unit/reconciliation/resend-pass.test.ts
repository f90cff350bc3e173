import { expect, test } from '@jest/globals';
import { MAX_ATTEMPTS } from '../../../lambdas/reconciliation/reconciler.ts';
import type { ListedEvent, ListedPage } from '../../../lambdas/reconciliation/resend-events-api.ts';
import {
  advancePass,
  agreedAfter,
  chooseRecovery,
  comparedEvents,
  isLastPage,
  type ResendPass,
  resendPassSchema,
  startPass,
} from '../../../lambdas/reconciliation/resend-pass.ts';

const now = new Date('2026-11-28T12:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const daysAgo = (days: number) => minutesAgo(days * 1_440);
const anEvent = (minutes: number): ListedEvent => ({
  id: `event-${minutes}`,
  type: 'email.sent',
  createdAt: minutesAgo(minutes),
});
const aPage = (minutes: readonly number[], hasMore = true): ListedPage => ({
  events: minutes.map(anEvent),
  hasMore,
});
const pass: ResendPass = startPass('webhook-1', minutesAgo(60), now);

test.each([
  ['a first run looks back seven days', null, daysAgo(7)],
  ['a run overlaps the last one by ten minutes', minutesAgo(45), minutesAgo(55)],
  ['no run looks back further than idempotency records live', daysAgo(90), daysAgo(28)],
])('%s', (_, agreedUntil, since) => {
  expect(startPass('webhook-1', agreedUntil, now)).toMatchObject({ since, until: minutesAgo(30) });
});

test('compares only events that are old enough and newer than the agreed moment', () => {
  const ids = comparedEvents(pass, aPage([0, 29, 30, 31, 69, 70, 71])).map(({ id }) => id);

  expect(ids).toEqual(['event-30', 'event-31', 'event-69']);
});

test.each([
  ['a full page of newer events', aPage([5, 40]), false],
  ['an event at the agreed moment', aPage([5, 70]), true],
  ['the end of the list', aPage([5, 40], false), true],
  ['an empty page', aPage([]), true],
])('%s ends the pass: %#', (_, page, isLast) => {
  expect(isLastPage(pass, page)).toBe(isLast);
});

test('agrees up to the oldest event that the ledger lacks', () => {
  const first = advancePass(pass, aPage([35, 40]), [anEvent(40)]);
  const second = advancePass(first, aPage([45, 50]), [anEvent(50), anEvent(45)]);
  const third = advancePass(second, aPage([55]), []);

  expect(third.after).toBe('event-55');
  expect(agreedAfter(third)).toEqual(new Date(minutesAgo(50).getTime() - 1));
  expect(agreedAfter(advancePass(pass, aPage([35]), []))).toEqual(minutesAgo(30));
});

test('a stored pass is read as it was', () => {
  expect(resendPassSchema.parse(JSON.parse(JSON.stringify(pass)))).toEqual(pass);
  expect(resendPassSchema.parse({ webhookId: 7 })).toBeNull();
});

test.each([
  [0, true, 'replay'],
  [0, false, 'enqueue'],
  [1, true, 'enqueue'],
  [MAX_ATTEMPTS - 1, true, 'enqueue'],
  [MAX_ATTEMPTS, true, 'leave'],
])('after %i attempts, webhook enabled %s: %s', (attempts, isEnabled, recovery) => {
  expect(chooseRecovery(attempts, isEnabled)).toBe(recovery);
});
