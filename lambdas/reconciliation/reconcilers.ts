import type { Provider } from '../catalog/providers.ts';
import { openMuxReadsApi } from './mux-reads-api.ts';
import { makeMuxReconciler } from './mux-reconciler.ts';
import type { Reconcile } from './reconciler.ts';
import { openResendEventsApi } from './resend-events-api.ts';
import { makeResendReconciler } from './resend-reconciler.ts';

export interface ReconcilerDeps {
  /** Reads the provider's API key. */
  readonly readKey: () => Promise<string>;
  /** URL that the provider sends webhooks to. */
  readonly address: string;
}

/**
 * Reconcilers by provider. A provider is here if its descriptor has a `reconciliationKey`. The
 * descriptor does not name its reconciler, because infrastructure loads it and reconcilers load API
 * clients.
 */
export const reconcilers: Readonly<Partial<Record<Provider, (deps: ReconcilerDeps) => Reconcile>>> =
  {
    mux: ({ readKey }) => makeMuxReconciler(openMuxReadsApi({ apiToken: readKey })),
    resend: ({ readKey, address }) =>
      makeResendReconciler(openResendEventsApi({ apiKey: readKey, address })),
  };
