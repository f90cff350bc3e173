import type { Queryable } from '../platform/postgres/database.ts';
import type { MailIdentifiers } from './email-deliveries.queries.ts';

/** What speaks against an address. `unclear`: a bounce whose type is not named or not known. */
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

/** What is known of an address, with the incidents that count: those since it was last cleared. */
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

/** In one order, here and where they are locked, so that transactions that share addresses never wait in a circle. */
const INSERT_UNKNOWN = `
  insert into portal.email_suppressions (address)
  select distinct told.address collate "C"
    from jsonb_to_recordset($1::jsonb) as told (address text, "notificationId" uuid, "emailId" text)
   where exists (
     select from portal.notifications as mail
      where mail.id = told."notificationId" or mail.resend_email_id = told."emailId")
   order by 1
      on conflict do nothing`;

const LOCK = `
  select address, suppressed, lifted_at as "liftedAt"
    from portal.email_suppressions
   where address = any($1::text[])
   order by address collate "C"
     for update`;

/** A statement of its own: only one that begins after the lock sees what the lock's last holder wrote. */
const COUNTING_INCIDENTS = `
  select incident.address, incident.event_id as "eventId", incident.kind, incident.occurred_at as "occurredAt"
    from portal.email_incidents as incident
    join portal.email_suppressions as suppression using (address)
   where address = any($1::text[])
     and incident.occurred_at > coalesce(suppression.lifted_at, '-infinity')`;

const INSERT_INCIDENTS = `
  insert into portal.email_incidents (address, source, event_id, kind, reason, occurred_at, recorded_at)
  select address, source, "eventId", kind, reason, "occurredAt", "recordedAt"
    from jsonb_to_recordset($1::jsonb) as incident (
      address text, source text, "eventId" text, kind text, reason text, "occurredAt" timestamptz,
      "recordedAt" timestamptz)
   order by address collate "C"
      on conflict do nothing`;

const SUPPRESS = `
  update portal.email_suppressions as known
     set suppressed = true, reason = fresh.reason, since = fresh.since, source = fresh.source, event_id = fresh."eventId"
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
 * Makes the rows that are missing, locks them all, and reads what counts. The statements travel together. Of an address
 * that is named only by mails that are not ours, nothing is kept.
 */
export async function lockAddresses(
  db: Queryable,
  told: readonly (MailIdentifiers & { readonly address: string })[],
): Promise<readonly AddressRecord[]> {
  if (told.length === 0) return [];
  const unique = [...new Set(told.map(({ address }) => address))];
  const [, { rows }, incidents] = await Promise.all([
    db.query(INSERT_UNKNOWN, [JSON.stringify(told)]),
    db.query<Omit<AddressRecord, 'incidents'> & Record<string, unknown>>(LOCK, [unique]),
    db.query<AddressRecord['incidents'][number] & { address: string }>(COUNTING_INCIDENTS, [
      unique,
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
  if (incidents.length > 0) await db.query(INSERT_INCIDENTS, [JSON.stringify(incidents)]);
}

export async function suppressAddresses(
  db: Queryable,
  suppressions: readonly Suppression[],
): Promise<void> {
  if (suppressions.length > 0) await db.query(SUPPRESS, [JSON.stringify(suppressions)]);
}

/** @returns undefined where the address may be mailed. */
export async function findSuppression(
  db: Queryable,
  address: string,
): Promise<Suppression | undefined> {
  const { rows } = await db.query<Suppression & Record<string, unknown>>(FIND, [address]);
  return rows[0];
}

/** The newest first. */
export async function listSuppressions(
  db: Queryable,
  limit: number,
): Promise<readonly Suppression[]> {
  const { rows } = await db.query<Suppression & Record<string, unknown>>(LIST, [limit]);
  return rows;
}

/**
 * The address is mailed again, and only what happens from then on counts against it.
 * @returns what was lifted, or undefined where nothing was suppressed.
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
