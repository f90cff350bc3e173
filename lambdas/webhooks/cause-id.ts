/** An event, or one replay of it. */
export interface Cause {
  readonly eventId: string;
  readonly replay?: string | null | undefined;
}

/**
 * Returns the id of an event or, for a replay, an id that no other replay has. Messages of a batch
 * are compared by this id. The effects of a replay store it in their column `event_id`.
 * event-details.queries.ts has the same form in SQL.
 */
export const causeId = ({ eventId, replay }: Cause): string =>
  replay === undefined || replay === null ? eventId : `${eventId}/replay/${replay}`;

/** Identifies an event of a provider or, with `replay`, one replay of it. */
export interface EventKey extends Cause {
  readonly source: string;
}
