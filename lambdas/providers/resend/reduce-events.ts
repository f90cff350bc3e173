import type {
  LockedMail,
  MailDelivery,
  MailDeliveryStatus,
} from '../../notifications/email-deliveries.queries.ts';
import type {
  AddressRecord,
  Incident,
  Suppression,
} from '../../notifications/email-suppressions.queries.ts';
import { TransientError } from '../../webhooks/failures.ts';
import { type AddressChange, addIncident, applyReport, source } from './address-state.ts';
import type { ListEvent, MailEvent, ResendEvent } from './events.ts';
import type { SuppressionRule } from './suppression.ts';

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

/** Effect of one event on its mail and on one address. */
export interface EventEffect {
  readonly event: ResendEvent;
  /**
   * `unknown`: this system did not send the mail. `stale`: an event of higher rank or later time
   * came first. `none`: the event says nothing about the delivery of a mail.
   */
  readonly mail: 'changed' | 'stale' | 'unknown' | 'none';
  /** True if the recipient of the mail is an address of the stage's settings, not a member. */
  readonly isOperational: boolean;
  readonly incidents: readonly Incident[];
  readonly changes: readonly AddressChange[];
}

export interface EventReduction {
  /** Final state of every changed mail. */
  readonly mails: readonly MailDelivery[];
  /** Final state of every changed address. */
  readonly addresses: readonly AddressRecord[];
  readonly effects: readonly EventEffect[];
}

export interface ResendRows {
  readonly mails: readonly LockedMail[];
  readonly addresses: readonly AddressRecord[];
}

interface Reduction {
  readonly mails: Map<string, LockedMail>;
  readonly addresses: Map<string, AddressRecord>;
  readonly rule: SuppressionRule;
  readonly now: Date;
}

/** Returns the suppressions that the event caused. */
export const suppressionsOf = ({ changes }: EventEffect): readonly Suppression[] =>
  changes.flatMap(({ suppression }) => suppression ?? []);

/** Applies the events, one after the other, to the locked mails and addresses. */
export function reduceEvents(
  rows: ResendRows,
  events: readonly ResendEvent[],
  rule: SuppressionRule,
  now: Date,
): EventReduction {
  const reduction: Reduction = {
    mails: new Map(rows.mails.map((mail) => [mail.notificationId, mail])),
    addresses: new Map(rows.addresses.map((record) => [record.address, record])),
    rule,
    now,
  };
  const effects = events.map((event) =>
    event.about === 'list' ? reduceListEvent(reduction, event) : reduceMailEvent(reduction, event),
  );
  const changed = new Set(
    effects.flatMap(({ changes }) =>
      changes.filter(({ isChanged }) => isChanged).map(({ record }) => record.address),
    ),
  );
  return {
    mails: [...reduction.mails.values()].filter((mail) => !rows.mails.includes(mail)),
    addresses: [...reduction.addresses.values()].filter(({ address }) => changed.has(address)),
    effects,
  };
}

function reduceListEvent(reduction: Reduction, event: ListEvent): EventEffect {
  const { address, isListed, occurredAt: at, reason, eventId } = event;
  const report = { isListed, at, reason, eventId, recordedAt: reduction.now };
  const change = applyReport(lockedAddress(reduction, address), report, reduction.rule);
  return {
    event,
    mail: 'none',
    isOperational: false,
    incidents: [],
    changes: [recordChange(reduction, change)],
  };
}

function reduceMailEvent(reduction: Reduction, event: MailEvent): EventEffect {
  const mail = findMail(event, [...reduction.mails.values()]);
  if (mail === undefined)
    return { event, mail: 'unknown', isOperational: false, incidents: [], changes: [] };
  const { recipient, isOperational } = mail;
  const isStale = !supersedes(event, mail);
  if (!isStale) reduction.mails.set(mail.notificationId, advance(mail, event));
  const incidents = incidentsOf(event, recipient, reduction.now);
  return {
    event,
    mail: event.status === undefined ? 'none' : isStale ? 'stale' : 'changed',
    isOperational,
    incidents,
    changes: [
      ...incidents.flatMap((incident) => reduceIncident(reduction, incident)),
      ...reduceListing(reduction, event, recipient),
    ],
  };
}

function reduceIncident(reduction: Reduction, incident: Incident): AddressChange[] {
  if (incident.kind === 'unclear') return [];
  const record = lockedAddress(reduction, incident.address);
  return [recordChange(reduction, addIncident(record, incident, reduction.rule))];
}

/** A mail that Resend suppressed reports that its recipient is on Resend's list. */
function reduceListing(
  reduction: Reduction,
  { listedFor: reason, occurredAt: at, eventId }: MailEvent,
  address: string,
): AddressChange[] {
  if (reason === undefined) return [];
  const report = { isListed: true, at, reason, eventId, recordedAt: reduction.now };
  const record = lockedAddress(reduction, address);
  return [recordChange(reduction, applyReport(record, report, reduction.rule))];
}

function lockedAddress({ addresses }: Reduction, address: string): AddressRecord {
  const record = addresses.get(address);
  if (record === undefined)
    throw new TransientError('address-not-locked', 'The row of the address is not locked.');
  return record;
}

function recordChange({ addresses }: Reduction, change: AddressChange): AddressChange {
  addresses.set(change.record.address, change.record);
  return change;
}

/** Returns the addresses whose rows the events may change, so that they are locked first. */
export function addressesOf(
  events: readonly ResendEvent[],
  mails: readonly LockedMail[],
): readonly string[] {
  const addresses = events.flatMap((event) => {
    if (event.about === 'list') return event.address;
    return affectsAddress(event) ? (findMail(event, mails)?.recipient ?? []) : [];
  });
  return [...new Set(addresses)];
}

const affectsAddress = ({ incident, listedFor }: MailEvent) =>
  (incident !== undefined && incident !== 'unclear') || listedFor !== undefined;

function findMail<Mail extends MailDelivery>(
  { notificationId, emailId }: MailEvent,
  mails: readonly Mail[],
): Mail | undefined {
  return (
    mails.find((mail) => mail.notificationId === notificationId) ??
    mails.find((mail) => mail.emailId === emailId)
  );
}

/** A soft bounce ranks as a delay, so that a delivery supersedes it in any order. */
const rankOf = (status: MailDeliveryStatus, isSoft: boolean) =>
  deliveryRanks[isSoft ? 'delayed' : status];

function supersedes({ status, isSoft, occurredAt, eventId }: MailEvent, mail: MailDelivery) {
  if (status === undefined) return false;
  if (mail.status === null) return true;
  const rankDifference = rankOf(status, isSoft) - rankOf(mail.status, mail.isSoft);
  if (rankDifference !== 0) return rankDifference > 0;
  const timeDifference = occurredAt.getTime() - (mail.at?.getTime() ?? 0);
  return timeDifference > 0 || (timeDifference === 0 && eventId > (mail.eventId ?? ''));
}

function advance(mail: LockedMail, event: MailEvent): LockedMail {
  const { status = mail.status, isSoft, occurredAt, eventId, incident, reason } = event;
  const unclearReason =
    incident === 'unclear' ? 'The bounce has neither a known type nor a reason.' : null;
  return { ...mail, status, isSoft, at: occurredAt, eventId, reason: reason ?? unclearReason };
}

function incidentsOf(
  { incident, eventId, reason, occurredAt }: MailEvent,
  address: string,
  now: Date,
): readonly Incident[] {
  if (incident === undefined) return [];
  return [
    {
      address,
      source,
      eventId,
      kind: incident,
      reason: reason ?? null,
      occurredAt,
      recordedAt: now,
    },
  ];
}
