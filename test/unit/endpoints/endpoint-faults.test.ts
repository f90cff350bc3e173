import { describe, expect, test } from '@jest/globals';
import type { ProviderEndpoint } from '../../../lambdas/endpoints/endpoint.ts';
import {
  describeFault,
  findEndpointFaults,
  repairOf,
} from '../../../lambdas/endpoints/endpoint-faults.ts';

const address = 'https://api.example/api/v1/webhooks/resend';
const expected = { address, eventTypes: ['email.sent', 'email.bounced'] };
const aWebhook = (fields: Partial<ProviderEndpoint> = {}): ProviderEndpoint => ({
  id: 'webhook-1',
  address,
  isEnabled: true,
  eventTypes: ['email.sent', 'email.bounced', 'email.opened'],
  secret: 'stored',
  ...fields,
});
const elsewhere = aWebhook({
  id: 'other',
  address: 'https://other.example/hook',
  secret: 'unknown',
});
const faultsOf = (endpoints: readonly ProviderEndpoint[], mayHaveSeveral = false) =>
  findEndpointFaults(endpoints, expected, mayHaveSeveral).map(({ fault }) => fault);

describe('no fault', () => {
  test.each([
    ['an enabled webhook with every type', [aWebhook()]],
    ['a webhook beside those of other systems', [elsewhere, aWebhook()]],
    ['a webhook that receives every type', [aWebhook({ eventTypes: undefined })]],
    ['a webhook whose secret cannot be compared', [aWebhook({ secret: 'unknown' })]],
    ['an address with the query of a rotation', [aWebhook({ address: `${address}?rotation=1` })]],
  ])('is %s', (_, endpoints) => {
    expect(faultsOf(endpoints)).toEqual([]);
  });

  test('is a rotation: a new webhook, and an old one that is disabled', () => {
    const old = aWebhook({ id: 'old', isEnabled: false });

    expect(faultsOf([old, aWebhook({ address: `${address}?rotation=1` })], true)).toEqual([]);
  });
});

test.each([
  ['an account without webhooks', [], ['missing']],
  ['an account with those of other systems only', [elsewhere], ['missing']],
  ['a disabled webhook', [aWebhook({ isEnabled: false })], ['disabled']],
  ['a webhook without a type', [aWebhook({ eventTypes: ['email.sent'] })], ['missing-event-types']],
  ['a webhook whose secret is lost', [aWebhook({ secret: 'missing' })], ['secret-not-stored']],
  [
    'our webhook at the URL of an earlier stage, disabled',
    [aWebhook({ address: 'https://old.example/', isEnabled: false })],
    ['wrong-address', 'disabled'],
  ],
  ['two webhooks', [aWebhook(), aWebhook({ id: 'two' })], ['several']],
] as const)('%s has the faults %#', (_, endpoints, faults) => {
  expect(faultsOf(endpoints)).toEqual(faults);
});

test('both webhooks of a rotation disabled is a fault', () => {
  const both = ['one', 'two'].map((id) => aWebhook({ id, isEnabled: false }));

  expect(faultsOf(both, true)).toEqual(['disabled']);
});

test('each fault names its repair, and only one is left to an operator', () => {
  const faults = [
    ...findEndpointFaults([], expected, false),
    ...findEndpointFaults(
      [aWebhook({ address: 'https://old.example/', isEnabled: false, eventTypes: [] })],
      expected,
      false,
    ),
    ...findEndpointFaults(
      [aWebhook({ secret: 'missing' }), aWebhook({ id: 'b' })],
      expected,
      false,
    ),
    ...findEndpointFaults([aWebhook({ secret: 'missing' })], expected, false),
  ];

  expect(faults.map((fault) => repairOf(fault, expected))).toEqual([
    { action: 'create' },
    { action: 'update', id: 'webhook-1', change: { address } },
    { action: 'update', id: 'webhook-1', change: { isEnabled: true } },
    { action: 'update', id: 'webhook-1', change: { eventTypes: expected.eventTypes } },
    { action: 'manual' },
    { action: 'store-secret', id: 'webhook-1' },
  ]);
  for (const fault of faults) {
    const { fault: text, repair } = describeFault(fault, expected);
    expect([text.length > 20, repair.length > 5]).toEqual([true, true]);
  }
});
