import { isReconciledId } from '../../webhooks/reconciled-id.ts';
import type { EventEffect } from './effects.ts';

/**
 * Returns true if the job reconcile read the state of the asset at Mux after the event occurred, so
 * the late delivery reports nothing new. Its own id is new, because Mux tells no event id.
 */
export function isCovered({ before, event }: EventEffect): boolean {
  if (isReconciledId(event.eventId)) return false;
  const observations = [
    { at: before.statusAt, eventId: before.statusEventId },
    { at: before.readyAt, eventId: before.readyEventId },
    { at: before.failedAt, eventId: before.failedEventId },
  ];
  return observations.some(
    ({ at, eventId }) => isReconciledId(eventId) && at !== null && at >= event.occurredAt,
  );
}
