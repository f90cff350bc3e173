import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import type { MailIdentifiers } from './email-deliveries.queries.ts';

/** Kind of incident of an address. `unclear` is a bounce of a missing or unknown type. */
export type IncidentKind = 'complaint' | 'permanent' | 'transient' | 'unclear';

export type SuppressionReason = 'complaint' | 'permanent-bounces' | 'transient-bounces';

export interface Incident {
  readonly address: string;
  readonly source: string;
  readonly eventId: string;
  readonly kind: IncidentKind;
  readonly reason: string | null;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

/** An address with its incidents since its suppression was last lifted. */
export interface AddressRecord {
  readonly address: string;
  readonly suppressed: boolean;
  readonly liftedAt: Date | null;
  readonly incidents: readonly Pick<Incident, 'eventId' | 'kind' | 'occurredAt'>[];
}

export interface Suppression {
  readonly address: string;
  readonly reason: SuppressionReason;
  readonly since: Date;
  readonly source: string;
  readonly eventId: string;
}

/** Inserts in the order in which `LOCK` locks, so that concurrent transactions cannot deadlock. */
const INSERT_UNKNOWN = `
  insert into portal.email_suppressions (address)
  select distinct reported.address collate "C"
    from jsonb_to_recordset($1::jsonb)
         as reported (address text, "notificationId" uuid, "emailId" text)
   where exists (
     select from portal.notifications as mail
      where mail.id = reported."notificationId" or mail.resend_email_id = reported."emailId")
   order by 1
      on conflict do nothing`;

const LOCK = `
  select address, suppressed, lifted_at as "liftedAt"
    from portal.email_suppressions
   where address = any($1::text[])
   order by address collate "C"
     for update`;

/**
 * Runs as a separate statement: it must begin after the lock to see the previous holder's writes.
 */
const COUNTING_INCIDENTS = `
  select incident.address, incident.event_id as "eventId", incident.kind,
         incident.occurred_at as "occurredAt"
    from portal.email_incidents as incident
    join portal.email_suppressions as suppression using (address)
   where address = any($1::text[])
     and incident.occurred_at > coalesce(suppression.lifted_at, '-infinity')`;

const INSERT_INCIDENTS = `
  insert into portal.email_incidents
    (address, source, event_id, kind, reason, occurred_at, recorded_at)
  select address, source, "eventId", kind, reason, "occurredAt", "recordedAt"
    from jsonb_to_recordset($1::jsonb) as incident (
      address text, source text, "eventId" text, kind text, reason text,
      "occurredAt" timestamptz, "recordedAt" timestamptz)
   order by address collate "C"
      on conflict do nothing`;

const SUPPRESS = `
  update portal.email_suppressions as known
     set suppressed = true, reason = fresh.reason, since = fresh.since, source = fresh.source,
         event_id = fresh."eventId"
    from jsonb_to_recordset($1::jsonb) as fresh (
      address text, reason text, since timestamptz, source text, "eventId" text)
   where known.address = fresh.address and not known.suppressed`;

const FIND = `
  select address, reason, since, source, event_id as "eventId"
    from portal.email_suppressions
   where address = $1::text and suppressed`;

const LIST = `
  select address, reason, since, source, event_id as "eventId"
    from portal.email_suppressions
   where suppressed
   order by since desc
   limit $1::int`;

const LIFT = `
  update portal.email_suppressions
     set suppressed = false, lifted_at = $3::timestamptz, lifted_by = $2::text
   where address = $1::text and suppressed
  returning address, reason, since, source, event_id as "eventId"`;

/**
 * Inserts missing addresses, locks all addresses and reads their incidents, in one round trip.
 * Inserts no row for an address of mails that this system did not send.
 */
export async function lockAddresses(
  db: Queryable,
  reported: readonly (MailIdentifiers & { readonly address: string })[],
): Promise<readonly AddressRecord[]> {
  if (reported.length === 0) return [];
  const addresses = [...new Set(reported.map(({ address }) => address))];
  const [, { rows }, incidents] = await Promise.all([
    db.query(INSERT_UNKNOWN, [jsonParameter(reported)]),
    db.query<Omit<AddressRecord, 'incidents'> & Record<string, unknown>>(LOCK, [addresses]),
    db.query<AddressRecord['incidents'][number] & { address: string }>(COUNTING_INCIDENTS, [
      addresses,
    ]),
  ]);
  return rows.map((row) => ({
    ...row,
    incidents: incidents.rows.filter(({ address }) => address === row.address),
  }));
}

export async function insertIncidents(
  db: Queryable,
  incidents: readonly Incident[],
): Promise<void> {
  if (incidents.length > 0) await db.query(INSERT_INCIDENTS, [jsonParameter(incidents)]);
}

export async function suppressAddresses(
  db: Queryable,
  suppressions: readonly Suppression[],
): Promise<void> {
  if (suppressions.length > 0) await db.query(SUPPRESS, [jsonParameter(suppressions)]);
}

/** @returns undefined if the address is not suppressed. */
export async function findSuppression(
  db: Queryable,
  address: string,
): Promise<Suppression | undefined> {
  const { rows } = await db.query<Suppression & Record<string, unknown>>(FIND, [address]);
  return rows[0];
}

/** Returns suppressions, newest first. */
export async function listSuppressions(
  db: Queryable,
  limit: number,
): Promise<readonly Suppression[]> {
  const { rows } = await db.query<Suppression & Record<string, unknown>>(LIST, [limit]);
  return rows;
}

/**
 * Lifts the suppression of an address. Incidents up to `at` no longer count against the address.
 * @returns the lifted suppression, or undefined if the address was not suppressed.
 */
export async function liftSuppression(
  db: Queryable,
  address: string,
  by: string,
  at: Date,
): Promise<Suppression | undefined> {
  const { rows } = await db.query<Suppression & Record<string, unknown>>(LIFT, [
    address.trim().toLowerCase(),
    by,
    at,
  ]);
  return rows[0];
}
