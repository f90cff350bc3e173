import { expect, test } from '@jest/globals';
import type { Asset } from '../../../lambdas/assets/assets.queries.ts';
import { composeExpiryMessages } from '../../../lambdas/invitations/expired-invitations.ts';
import type { OutboxEntry } from '../../../lambdas/outbox/outbox.queries.ts';
import { cutText } from '../../../lambdas/platform/cut-text.ts';
import { effectsOf } from '../../../lambdas/providers/mux/effects.ts';
import { parseMuxEvent } from '../../../lambdas/providers/mux/events.ts';
import {
  makeContacts,
  effectsOf as suppressionEffects,
} from '../../../lambdas/providers/resend/effects.ts';
import { parseResendEvent } from '../../../lambdas/providers/resend/events.ts';
import { composeEscalation } from '../../../lambdas/webhooks/retry/escalation.ts';

const now = new Date('2026-03-01T12:00:00Z');
const long = '€'.repeat(500_000);
const id = '10000000-0000-4000-8000-000000000001';

// A quarter of the smallest limit of a call.
const MAX_ENTRY_BYTES = 65_536;

const sizes = (entries: readonly OutboxEntry[]) =>
  entries.map(({ detail }) => Buffer.byteLength(JSON.stringify(detail)));
const expectSmall = (entries: readonly OutboxEntry[]) => {
  expect(entries).not.toEqual([]);
  expect(Math.max(...sizes(entries))).toBeLessThan(MAX_ENTRY_BYTES);
};

const failedEvent = () => {
  const data = { id: 'asset', errors: { type: 'invalid_input', messages: [long, long] } };
  const event = parseMuxEvent(
    'event',
    'video.asset.errored',
    JSON.stringify({ created_at: now.toISOString(), data }),
  );
  if (event === undefined) throw new Error('The event has an applied type.');
  return event;
};

const announcement = 'failed';

test('cuts a long failure reason and a long title of an asset', () => {
  const event = failedEvent();
  const before = { id, ownerId: id, title: long, status: 'processing' } as Asset;
  const after = { ...before, status: 'failed', failureReason: event.failureReason } as Asset;
  const users = [{ id: id.replace(/1$/, '2'), name: 'Admin', role: 'admin' as const }];

  const { outbox, notifications } = effectsOf({ before, event, after, announcement }, users, now);

  expectSmall(outbox);
  expect(event.failureReason).toHaveLength(1_000);
  expect(notifications[0]?.params['reason']).toBe(event.failureReason);
});

test('cuts a failure reason that was stored before there was a limit', () => {
  const before = { id, ownerId: id, title: null, status: 'processing' } as Asset;
  const after = { ...before, status: 'failed', failureReason: long } as Asset;

  const event = failedEvent();

  expectSmall(effectsOf({ before, event, after, announcement }, [], now).outbox);
});

test('cuts a long address and a long reason of a suppression', () => {
  const event = parseResendEvent(
    'event',
    'email.bounced',
    JSON.stringify({
      type: 'email.bounced',
      created_at: now.toISOString(),
      data: { email_id: 'mail', to: [], bounce: { type: 'Permanent', message: long } },
    }),
  );
  if (event === undefined) throw new Error('The event has an applied type.');
  if (event.about !== 'mail') throw new Error('The event is about a mail.');
  const suppression = { address: `${long}@example.org`, reason: 'complaint', since: now };

  const effect = { event, isOperational: true, changes: [{ suppression }] };
  const contacts = makeContacts('test', 'support@example.org', []);
  const { outbox } = suppressionEffects(effect as never, contacts, now);

  expectSmall(outbox);
  expect(event.reason).toHaveLength(1_000);
});

test('cuts a long address of an invitation', () => {
  const invitation = { id, email: long, role: 'member', issuedAt: now, invitedBy: null };

  expectSmall(
    composeExpiryMessages({ invitations: [invitation], admins: [], stage: 'dev' }, now).outbox,
  );
});

test('cuts a long error of an exhausted event', () => {
  const events = Array.from({ length: 500 }, (_, index) => ({
    source: 'mux',
    eventId: `${index} ${'€'.repeat(250)}`,
    type: '€'.repeat(256),
    body: '{}',
    receivedAt: now,
    redrives: 3,
    attempts: 9,
    errorCode: 'not-an-envelope',
    errorMessage: long,
  }));

  expectSmall(
    composeEscalation(events, { stage: 'dev', recipient: 'reliability@example.org' }, now).outbox,
  );
});

test('a cut text keeps whole characters and ends with an ellipsis', () => {
  expect(cutText('abc', 3)).toBe('abc');
  expect(cutText('abcd', 3)).toBe('ab…');
  expect(cutText('a😀bc', 3)).toBe('a…');
  expect(cutText('😀😀', 4)).toBe('😀😀');
});
