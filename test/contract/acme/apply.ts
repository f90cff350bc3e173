import type { EventHandler } from '../../../lambdas/webhooks/process/event-handler.ts';
import type { AcmeEvent } from './events.ts';

/** Records the events without effects: the portal has no table for captions. */
export const acmeEventHandler: EventHandler<AcmeEvent, undefined> = {
  load: async () => undefined,
  apply: async (_tx, _rows, events) =>
    events.map(() => ({ stale: false, assetEvents: [], notifications: [], outbox: [] })),
};
