import type {
  MailDelivery,
  MailDeliveryStatus,
} from '../../notifications/email-deliveries.queries.ts';
import type {
  AddressRecord,
  Incident,
  Suppression,
} from '../../notifications/email-suppressions.queries.ts';
import { TransientError } from '../../webhooks/failures.ts';
import type { MailEvent } from './events.ts';
import { type SuppressionRule, suppressionReason } from './suppression.ts';

export const source = 'resend';

/** Equals the order of `portal.delivery_rank` in Postgres, which guards every update. */
export const deliveryRanks: Readonly<Record<MailDeliveryStatus, number>> = {
  sent: 0,
  delayed: 1,
  delivered: 2,
  failed: 3,
  bounced: 3,
  suppressed: 3,
  complained: 4,
};

/** Effect of one event on its mail and on the addresses that it names. */
export interface EventEffect {
  readonly event: MailEvent;
  /**
   * `unknown`: this system did not send the mail. `stale`: an event of higher rank or later time
   * came first.
   */
  readonly mail: 'changed' | 'stale' | 'unknown';
  readonly incidents: readonly Incident[];
  readonly suppressions: readonly Suppression[];
}

export interface EventReduction {
  /** Final state of every changed mail. */
  readonly mails: readonly MailDelivery[];
  readonly effects: readonly EventEffect[];
}

export interface ResendRows {
  readonly mails: readonly MailDelivery[];
  readonly addresses: readonly AddressRecord[];
}

/** Applies the events, one after the other, to the locked mails and addresses. */
export function reduceEvents(
  rows: ResendRows,
  events: readonly MailEvent[],
  rule: SuppressionRule,
  now: Date,
): EventReduction {
  const mails = new Map(rows.mails.map((mail) => [mail.notificationId, mail]));
  const addresses = new Map(rows.addresses.map((record) => [record.address, record]));
  const changed = new Set<string>();

  const effects = events.map((event): EventEffect => {
    const mail = findMail(event, [...mails.values()]);
    if (mail === undefined) return { event, mail: 'unknown', incidents: [], suppressions: [] };
    const changesMail = supersedes(event, mail);
    if (changesMail) {
      mails.set(mail.notificationId, advance(mail, event));
      changed.add(mail.notificationId);
    }
    const incidents = incidentsOf(event, now);
    const suppressions = incidents.flatMap(
      (incident) => evaluateIncident(incident, addresses, rule) ?? [],
    );
    return { event, mail: changesMail ? 'changed' : 'stale', incidents, suppressions };
  });
  return {
    mails: [...mails.values()].filter(({ notificationId }) => changed.has(notificationId)),
    effects,
  };
}

/**
 * True if an event can suppress an address. The address rows of other events need not be locked.
 */
export const canSuppress = ({ incident }: MailEvent) =>
  incident !== undefined && incident !== 'unclear';

function findMail(
  { notificationId, emailId }: MailEvent,
  mails: readonly MailDelivery[],
): MailDelivery | undefined {
  return (
    mails.find((mail) => mail.notificationId === notificationId) ??
    mails.find((mail) => mail.emailId === emailId)
  );
}

function supersedes({ status, occurredAt, eventId }: MailEvent, mail: MailDelivery): boolean {
  if (mail.status === null) return true;
  const rankDifference = deliveryRanks[status] - deliveryRanks[mail.status];
  if (rankDifference !== 0) return rankDifference > 0;
  const timeDifference = occurredAt.getTime() - (mail.at?.getTime() ?? 0);
  return timeDifference > 0 || (timeDifference === 0 && eventId > (mail.eventId ?? ''));
}

function advance(
  mail: MailDelivery,
  { status, occurredAt, eventId, incident, reason }: MailEvent,
): MailDelivery {
  const unclearReason =
    incident === 'unclear' ? 'The bounce has neither a known type nor a reason.' : null;
  return { ...mail, status, at: occurredAt, eventId, reason: reason ?? unclearReason };
}

function incidentsOf(
  { incident, addresses, eventId, reason, occurredAt }: MailEvent,
  now: Date,
): readonly Incident[] {
  if (incident === undefined) return [];
  return addresses.map((address) => ({
    address,
    source,
    eventId,
    kind: incident,
    reason: reason ?? null,
    occurredAt,
    recordedAt: now,
  }));
}

/**
 * Adds the incident to its address and returns the suppression that follows by the rule, if any.
 */
function evaluateIncident(
  { address, kind, eventId, occurredAt, recordedAt }: Incident,
  addresses: Map<string, AddressRecord>,
  rule: SuppressionRule,
): Suppression | undefined {
  if (kind === 'unclear') return undefined;
  const record = addresses.get(address);
  if (record === undefined)
    throw new TransientError('address-not-locked', 'The row of the address is not locked.');
  const isKnown = record.incidents.some((other) => other.eventId === eventId);
  const precedesLift = record.liftedAt !== null && occurredAt <= record.liftedAt;
  if (isKnown || precedesLift) return undefined;

  const incidents = [...record.incidents, { eventId, kind, occurredAt }];
  const reason = record.suppressed ? undefined : suppressionReason(incidents, rule);
  addresses.set(address, {
    ...record,
    incidents,
    suppressed: record.suppressed || reason !== undefined,
  });
  return reason && { address, reason, since: recordedAt, source, eventId };
}
