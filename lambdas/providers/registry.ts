import { type Provider, providers } from '../catalog/providers.ts';
import { mux } from './mux/provider.ts';
import type { OperatorSecret, ProviderDescriptor } from './provider-descriptor.ts';
import { resend } from './resend/provider.ts';

/** The only list of descriptors. The compiler demands an entry for each name in the catalog. */
export const registry: Readonly<Record<Provider, ProviderDescriptor>> = { mux, resend };

/** Returns the providers whose missing events raise an alarm, with the work that causes events. */
export const providersWithExpectedTraffic = () =>
  providers.flatMap((provider) => {
    const { expectedTraffic } = registry[provider];
    return expectedTraffic === 'none' ? [] : [{ provider, expectedTraffic }];
  });

/** Returns the API keys of the providers whose signing secret a command rotates. */
export const webhooksKeys = () => keysOf(({ webhooksKey }) => webhooksKey);

/** Returns the API keys of the providers whose records the job reconcile compares. */
export const reconciliationKeys = () => keysOf(({ reconciliationKey }) => reconciliationKey);

const keysOf = (
  keyOf: (descriptor: ProviderDescriptor) => OperatorSecret | undefined,
): ReadonlyMap<Provider, OperatorSecret> =>
  new Map(
    providers.flatMap((provider) => {
      const key = keyOf(registry[provider]);
      return key === undefined ? [] : [[provider, key] as const];
    }),
  );

/** Environment variable of the operations function with the name of the provider's key. */
export const webhooksKeyVariable = (provider: Provider) =>
  `${provider.toUpperCase()}_WEBHOOKS_KEY_SECRET_ID`;
