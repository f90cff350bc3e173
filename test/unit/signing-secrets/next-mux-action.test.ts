import { expect, test } from '@jest/globals';
import { nextMuxAction } from '../../../lambdas/signing-secrets/mux-rotation.ts';
import { versionIdOf } from '../../../lambdas/signing-secrets/mux-webhook-assignment.ts';
import { HOUR_MS } from '../../support/providers/rotation-world.ts';

const ADDRESS = 'https://api.example/api/v1/webhooks/mux';
const now = new Date('2026-03-10T00:00:00Z');
const hoursAgo = (hours: number, milliseconds = 0) =>
  new Date(now.getTime() - hours * HOUR_MS - milliseconds);
const webhook = (id: string, enabled: boolean, query = '') => ({
  id,
  enabled,
  address: `${ADDRESS}${query}`,
  createdAt: hoursAgo(60),
});
const both = [webhook('old', false), webhook('new', true, '?rotation=1')];
const versions = {
  current: { id: versionIdOf('new'), createdAt: hoursAgo(60) },
  previous: { id: 'by-hand', createdAt: hoursAgo(5_000) },
};
const state = { webhooks: both, versions, now, force: false };
const unused = { current: undefined, previous: undefined };
const actionFor = (current: Date | undefined, previous: Date | undefined) =>
  nextMuxAction({ ...state, usage: { current, previous } });

test('drops the previous secret after 27 hours without use, and not 1 ms earlier', () => {
  expect(actionFor(hoursAgo(1), hoursAgo(27))).toMatchObject({ action: 'drop', webhookId: 'old' });
  expect(actionFor(hoursAgo(1), hoursAgo(27, -1))).toMatchObject({
    action: 'wait',
    reason: 'quiet-period',
    until: new Date(now.getTime() + 1),
  });
});

test('disables the old webhook only after the retries of earlier failures', () => {
  const webhooks = [webhook('old', true), webhook('new', true, '?rotation=1')];
  const actionOf = (createdAt: Date) =>
    nextMuxAction({
      ...state,
      webhooks,
      usage: { current: hoursAgo(0), previous: hoursAgo(0) },
      versions: { ...versions, current: { id: versionIdOf('new'), createdAt } },
    });

  expect(actionOf(hoursAgo(27))).toEqual({ action: 'disable', webhookId: 'old' });
  expect(actionOf(hoursAgo(27, -1))).toMatchObject({ action: 'wait', reason: 'retries' });
});

test('waits for a delivery while neither secret is used after the other', () => {
  expect(actionFor(undefined, undefined)).toEqual({ action: 'wait', reason: 'delivery' });
  expect(actionFor(hoursAgo(28), hoursAgo(27))).toEqual({ action: 'wait', reason: 'delivery' });
});

test('ignores a use that a verifier counted before it could read the new secret', () => {
  const created = versions.current.createdAt.getTime();
  expect(actionFor(new Date(created + 600_000), undefined)).toEqual({
    action: 'wait',
    reason: 'delivery',
  });
  expect(actionFor(new Date(created + 600_001), undefined)).toMatchObject({ action: 'drop' });
});

test.each([
  ['no webhook', [], 'from another Mux environment'],
  ['two webhooks made by hand', [webhook('a', true), webhook('b', true)], 'Keep a, probably'],
  [
    'two webhooks made by hand, one of them disabled',
    [webhook('a', false), webhook('b', true)],
    'Keep b, probably',
  ],
  [
    'a webhook that is newer than the stored secret',
    [webhook('a', true), { ...webhook('b', true), createdAt: hoursAgo(1) }],
    'Keep a, probably',
  ],
  [
    'a third webhook made by hand',
    [...both, webhook('third', true)],
    'Keep new, which signs with the current secret, and delete old, third at Mux.',
  ],
  [
    'no webhook with the current secret',
    [webhook('lost', true, '?rotation=2')],
    'No webhook of Mux on this route signs with the current secret',
  ],
  [
    'a disabled new webhook',
    [webhook('old', true), webhook('new', false, '?rotation=1')],
    'enable it',
  ],
])('is blocked by %s', (_, webhooks, message) => {
  const usage = { current: hoursAgo(1), previous: hoursAgo(1) };

  expect(nextMuxAction({ ...state, webhooks, usage })).toMatchObject({
    action: 'blocked',
    message: expect.stringContaining(message),
  });
});

test('does not guess which of two manual webhooks has which of two manual secrets', () => {
  const manual = {
    current: { id: 'by-hand-2', createdAt: hoursAgo(60) },
    previous: versions.previous,
  };
  const webhooks = [webhook('one', true), webhook('two', true)];
  const usage = { current: hoursAgo(1), previous: hoursAgo(28) };

  expect(nextMuxAction({ ...state, webhooks, versions: manual, usage })).toMatchObject({
    action: 'blocked',
  });
  expect(
    nextMuxAction({ ...state, webhooks: webhooks.slice(1), versions: manual, usage }),
  ).toMatchObject({ action: 'drop', webhookId: undefined });
});

test('waits two minutes before it discards a webhook without a stored secret', () => {
  const actionAfter = (seconds: number) => {
    const unstored = {
      ...webhook('lost', true, '?rotation=2'),
      createdAt: hoursAgo(0, seconds * 1_000),
    };
    return nextMuxAction({ ...state, webhooks: [...both, unstored], usage: unused });
  };

  expect(actionAfter(119)).toMatchObject({ action: 'wait', reason: 'other-run' });
  expect(actionAfter(120)).toEqual({ action: 'discard', webhookId: 'lost' });
});

test('derives the same mark in every run, so that concurrent runs create one webhook', () => {
  const before = {
    ...state,
    webhooks: [webhook('old', true)],
    versions: { current: versions.previous, previous: undefined },
    usage: unused,
  };
  const action = nextMuxAction(before);

  expect(action).toEqual({ action: 'create', mark: expect.stringMatching(/^[0-9a-f]{8}$/) });
  expect(nextMuxAction(before)).toEqual(action);
});
