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

/** The same order as `portal.delivery_rank` in Postgres, which guards every update. */
export const deliveryRanks: Readonly<Record<MailDeliveryStatus, number>> = {
  sent: 0,
  delayed: 1,
  delivered: 2,
  failed: 3,
  bounced: 3,
  suppressed: 3,
  complained: 4,
};

/** What one event did to the mail that it is about, and to the addresses that it names. */
export interface EventEffect {
  readonly event: MailEvent;
  /** `unknown`: no mail of ours. `late`: a further or newer event has decided already. */
  readonly mail: 'moved' | 'late' | 'unknown';
  readonly incidents: readonly Incident[];
  readonly suppressions: readonly Suppression[];
}

export interface EventReduction {
  /** As each mail is in the end; only those that moved. */
  readonly mails: readonly MailDelivery[];
  readonly steps: readonly EventEffect[];
}

export interface Locked {
  readonly mails: readonly MailDelivery[];
  readonly addresses: readonly AddressRecord[];
}

/** Takes mails and addresses through `events`, one after the other. */
export function reduceEvents(
  locked: Locked,
  events: readonly MailEvent[],
  rule: SuppressionRule,
  now: Date,
): EventReduction {
  const mails = new Map(locked.mails.map((mail) => [mail.notificationId, mail]));
  const addresses = new Map(locked.addresses.map((record) => [record.address, record]));
  const moved = new Set<string>();

  const steps = events.map((event): EventEffect => {
    const mail = mailOf(event, [...mails.values()]);
    if (mail === undefined) return { event, mail: 'unknown', incidents: [], suppressions: [] };
    const moves = isFurther(event, mail);
    if (moves) {
      mails.set(mail.notificationId, after(mail, event));
      moved.add(mail.notificationId);
    }
    const incidents = incidentsOf(event, now);
    const suppressions = incidents.flatMap((incident) => weigh(incident, addresses, rule) ?? []);
    return { event, mail: moves ? 'moved' : 'late', incidents, suppressions };
  });
  return {
    mails: [...mails.values()].filter(({ notificationId }) => moved.has(notificationId)),
    steps,
  };
}

/** Whether an event calls for the address's row: what never suppresses need not wait for anybody. */
export const mayCount = ({ incident }: MailEvent) =>
  incident !== undefined && incident !== 'unclear';

function mailOf(
  { notificationId, emailId }: MailEvent,
  mails: readonly MailDelivery[],
): MailDelivery | undefined {
  return (
    mails.find((mail) => mail.notificationId === notificationId) ??
    mails.find((mail) => mail.emailId === emailId)
  );
}

function isFurther({ status, occurredAt, eventId }: MailEvent, mail: MailDelivery): boolean {
  if (mail.status === null) return true;
  const further = deliveryRanks[status] - deliveryRanks[mail.status];
  if (further !== 0) return further > 0;
  const later = occurredAt.getTime() - (mail.at?.getTime() ?? 0);
  return later > 0 || (later === 0 && eventId > (mail.eventId ?? ''));
}

function after(
  mail: MailDelivery,
  { status, occurredAt, eventId, incident, reason }: MailEvent,
): MailDelivery {
  const told =
    reason ??
    (incident === 'unclear' ? 'The bounce says neither a known type nor a reason.' : null);
  return { ...mail, status, at: occurredAt, eventId, reason: told };
}

function incidentsOf(
  { incident, addresses, eventId, reason, occurredAt }: MailEvent,
  now: Date,
): readonly Incident[] {
  if (incident === undefined) return [];
  const facts = {
    source,
    eventId,
    kind: incident,
    reason: reason ?? null,
    occurredAt,
    recordedAt: now,
  };
  return addresses.map((address) => ({ address, ...facts }));
}

/** @returns the suppression that this incident brings about. */
function weigh(
  incident: Incident,
  addresses: Map<string, AddressRecord>,
  rule: SuppressionRule,
): Suppression | undefined {
  const { address, kind, eventId, occurredAt, recordedAt } = incident;
  if (kind === 'unclear') return undefined;
  const record = addresses.get(address);
  if (record === undefined)
    throw new TransientError('address-not-locked', 'Nobody holds the address.');
  const isKnown = record.incidents.some((other) => other.eventId === eventId);
  const isCleared = record.liftedAt !== null && occurredAt <= record.liftedAt;
  if (isKnown || isCleared) return undefined;

  const incidents = [...record.incidents, { eventId, kind, occurredAt }];
  const reason = record.suppressed ? undefined : suppressionReason(incidents, rule);
  addresses.set(address, {
    ...record,
    incidents,
    suppressed: record.suppressed || reason !== undefined,
  });
  return reason && { address, reason, since: recordedAt, source, eventId };
}
