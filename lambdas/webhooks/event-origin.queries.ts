/** SQL expressions for the columns of an event that the ledger is about to insert. */
interface InsertedEvent {
  readonly provider: string;
  readonly eventId: string;
  readonly receivedAt: string;
  /** Origin that the message names, null if it names none. */
  readonly named: string;
}

/**
 * Returns the SQL expression for the origin of an event. Resend delivers a missed event again when
 * the job reconcile asks for it. That delivery is signed like any other, so the table of missed
 * events tells it apart. A delivery that arrived before the job missed it only waited in the queue.
 */
export const originOf = ({ provider, eventId, receivedAt, named }: InsertedEvent): string => `
  case when exists (select from portal.missed_events as missed
                     where missed.provider = ${provider} and missed.event_id = ${eventId}
                       and missed.found_at <= ${receivedAt})
       then 'reconciled' else coalesce(${named}, 'signed') end`;

/** Origin of an event in a record set with the columns of the ledger's entries. */
export const ENTRY_ORIGIN = originOf({
  provider: 'source',
  eventId: '"eventId"',
  receivedAt: '"receivedAt"',
  named: 'origin',
});
