import { deterministicUuid } from '../platform/deterministic-id.ts';

// No provider's event id begins like this.
const PREFIX = 'reconciled-';

/**
 * Derives the id of an event that the provider never delivered from the state that it reports. The
 * same state has the same id, so it is applied once, however often it is read.
 */
export const reconciledEventId = (...parts: readonly string[]): string =>
  `${PREFIX}${deterministicUuid(...parts)}`;

export const isReconciledId = (eventId: string | null): boolean =>
  eventId?.startsWith(PREFIX) === true;
