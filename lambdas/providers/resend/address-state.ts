import type {
  AddressRecord,
  Incident,
  Suppression,
  SuppressionReason,
} from '../../notifications/email-suppressions.queries.ts';
import { type SuppressionRule, suppressionReason } from './suppression.ts';

export const source = 'resend';

/** States whether Resend's list contains an address at one time. */
export interface ListReport {
  readonly isListed: boolean;
  /** Time at Resend. The newest report decides. */
  readonly at: Date;
  readonly reason: SuppressionReason;
  readonly eventId: string;
  readonly recordedAt: Date;
}

/** An address after an event. */
export interface AddressChange {
  readonly record: AddressRecord;
  readonly isChanged: boolean;
  /** Set if the event suppressed an address that was not suppressed. */
  readonly suppression?: Suppression;
}

/**
 * Adds an incident to its address. The address is suppressed if the portal's rule says so.
 * Incidents of any order lead to the same state.
 */
export function addIncident(
  record: AddressRecord,
  { address, kind, eventId, occurredAt, recordedAt }: Incident,
  rule: SuppressionRule,
): AddressChange {
  const isKnown = record.incidents.some((other) => other.eventId === eventId);
  const precedesLift = record.liftedAt !== null && occurredAt <= record.liftedAt;
  if (isKnown || precedesLift || kind === 'unclear') return { record, isChanged: false };
  const incidents = [...record.incidents, { eventId, kind, occurredAt }];
  const reason = record.suppressed ? undefined : suppressionReason(incidents, rule);
  if (reason === undefined) return { record: { ...record, incidents }, isChanged: false };
  return {
    record: { ...record, incidents, suppressed: true },
    isChanged: true,
    suppression: { address, reason, origin: 'portal', since: recordedAt, source, eventId },
  };
}

/**
 * Follows a report about Resend's list. Reports of any order lead to the same state: the newest one
 * decides, and a removal decides at the same millisecond. A removal lifts the suppression as an
 * operator does, so older incidents no longer count; newer ones may suppress the address again.
 */
export function applyReport(
  record: AddressRecord,
  report: ListReport,
  rule: SuppressionRule,
): AddressChange {
  if (!supersedes(report, record)) return { record, isChanged: false };
  return report.isListed ? list(record, report) : unlist(record, report, rule);
}

function supersedes({ isListed, at }: ListReport, { listedAt, liftedAt }: AddressRecord): boolean {
  const known = Math.max(listedAt?.getTime() ?? -Infinity, liftedAt?.getTime() ?? -Infinity);
  return isListed ? at.getTime() > known : at.getTime() >= known;
}

function list(record: AddressRecord, { at, reason, eventId, recordedAt }: ListReport) {
  const { address } = record;
  const suppression: Suppression | undefined = record.suppressed
    ? undefined
    : { address, reason, origin: 'resend', since: recordedAt, source, eventId };
  return {
    record: { ...record, suppressed: true, listed: true, listedAt: at },
    isChanged: true,
    ...(suppression && { suppression }),
  };
}

function unlist(record: AddressRecord, { at }: ListReport, rule: SuppressionRule): AddressChange {
  const incidents = record.incidents.filter(({ occurredAt }) => occurredAt > at);
  const suppressed = suppressionReason(incidents, rule) !== undefined;
  return {
    record: {
      ...record,
      incidents,
      suppressed: record.suppressed && suppressed,
      listed: false,
      listedAt: at,
      liftedAt: at,
      liftedBy: source,
    },
    isChanged: true,
  };
}
