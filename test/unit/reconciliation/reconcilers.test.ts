import { expect, test } from '@jest/globals';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { reconciliationKeys } from '../../../lambdas/providers/registry.ts';
import { openReconciledProviders } from '../../../lambdas/reconciliation/open-reconciled-providers.ts';
import { reconcilers } from '../../../lambdas/reconciliation/reconcilers.ts';

const source = { fetch: async () => 'key', now: () => new Date() };
const open = (keys: object, queues: object) =>
  openReconciledProviders(
    {
      RECONCILIATION_KEYS: JSON.stringify(keys),
      RECOVERY_QUEUES: JSON.stringify(queues),
      API_URL: 'https://api.example',
    },
    source,
  ).map(({ provider }) => provider);

test('each provider with a key in its descriptor has a reconciler, and no other', () => {
  expect(providers.filter((provider) => reconcilers[provider])).toEqual([
    ...reconciliationKeys().keys(),
  ]);
});

test('a provider without a key is left out', () => {
  const queues = { mux: 'https://sqs.example/mux', resend: 'https://sqs.example/resend' };

  expect(open({ mux: 'name', resend: 'name' }, queues)).toEqual(['mux', 'resend']);
  expect(open({ resend: 'name' }, queues)).toEqual(['resend']);
  expect(open({}, queues)).toEqual([]);
});
