import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import { canonicalAddress } from './email-address.ts';

/** Kind of incident of an address. `unclear` is a bounce of a missing or unknown type. */
export type IncidentKind = 'complaint' | 'permanent' | 'transient' | 'unclear';

/** `manual`: a person added the address to Resend's list. */
export type SuppressionReason = 'complaint' | 'permanent-bounces' | 'transient-bounces' | 'manual';

/** List that contained the address first: the portal's, by its rule, or Resend's. */
export type SuppressionOrigin = 'portal' | 'resend';

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
  /** True if Resend's list contains the address, by the newest report. */
  readonly listed: boolean;
  /** Time of the newest report about Resend's list. */
  readonly listedAt: Date | null;
  readonly liftedAt: Date | null;
  readonly liftedBy: string | null;
  readonly incidents: readonly Pick<Incident, 'eventId' | 'kind' | 'occurredAt'>[];
}

export interface Suppression {
  readonly address: string;
  readonly reason: SuppressionReason;
  readonly origin: SuppressionOrigin;
  readonly since: Date;
  readonly source: string;
  readonly eventId: string;
}

/** Inserts in the order in which `LOCK` locks, so that concurrent transactions cannot deadlock. */
const INSERT_UNKNOWN = `
  insert into portal.email_suppressions (address)
  select address
    from unnest($1::text[]) as affected (address)
   order by address collate "C"
      on conflict do nothing`;

const LOCK = `
  select address, suppressed, listed, listed_at as "listedAt", lifted_at as "liftedAt",
         lifted_by as "liftedBy"
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

/**
 * Describes the latest suppression, lifted or not. JavaScript reads times to the millisecond, so
 * the guard against an older state does the same.
 */
const UPDATE = `
  update portal.email_suppressions as known
     set suppressed = fresh.suppressed, listed = fresh.listed, listed_at = fresh."listedAt",
         lifted_at = fresh."liftedAt", lifted_by = fresh."liftedBy",
         reason = coalesce(fresh.reason, known.reason),
         origin = coalesce(fresh.origin, known.origin),
         since = coalesce(fresh.since, known.since),
         source = coalesce(fresh.source, known.source),
         event_id = coalesce(fresh."eventId", known.event_id)
    from jsonb_to_recordset($1::jsonb) as fresh (
      address text, suppressed boolean, listed boolean, "listedAt" timestamptz,
      "liftedAt" timestamptz, "liftedBy" text, reason text, origin text, since timestamptz,
      source text, "eventId" text)
   where known.address = fresh.address
     and date_trunc('milliseconds', coalesce(known.listed_at, '-infinity'))
         <= coalesce(fresh."listedAt", '-infinity')
     and date_trunc('milliseconds', coalesce(known.lifted_at, '-infinity'))
         <= coalesce(fresh."liftedAt", '-infinity')`;

const FIND = `
  select address, reason, origin, since, source, event_id as "eventId"
    from portal.email_suppressions
   where address = $1::text and suppressed`;

const LIST_STATES = `
  select address, listed
    from portal.email_suppressions
   where suppressed`;

/**
 * Inserts a row for an address that only Resend suppressed, so that an event from before the lift
 * cannot suppress it later.
 */
const LIFT = `
  with lifted as (
    select address, reason, origin, since, source, event_id as "eventId"
      from portal.email_suppressions
     where address = $1::text and suppressed
       for update
  ), recorded as (
    insert into portal.email_suppressions as known (address, listed_at, lifted_at, lifted_by)
    select $1::text, $3::timestamptz, $3::timestamptz, $2::text
     where $4::boolean or exists (select from lifted)
        on conflict (address) do update
       set suppressed = false, listed = false,
           listed_at = greatest(known.listed_at, excluded.listed_at),
           lifted_at = greatest(known.lifted_at, excluded.lifted_at),
           lifted_by = excluded.lifted_by
  )
  select * from lifted`;

/** Inserts missing addresses, locks all addresses and reads their incidents, in one round trip. */
export async function lockAddresses(
  db: Queryable,
  addresses: readonly string[],
): Promise<readonly AddressRecord[]> {
  if (addresses.length === 0) return [];
  const [, { rows }, incidents] = await Promise.all([
    db.query(INSERT_UNKNOWN, [addresses]),
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

/**
 * Writes the states of locked addresses.
 * @param suppressions At most one for each address: the latest one.
 */
export async function updateAddresses(
  db: Queryable,
  records: readonly AddressRecord[],
  suppressions: readonly Suppression[],
): Promise<void> {
  if (records.length === 0) return;
  const latest = new Map(suppressions.map((suppression) => [suppression.address, suppression]));
  const states = records.map(({ incidents: _, ...state }) => ({
    ...latest.get(state.address),
    ...state,
  }));
  await db.query(UPDATE, [jsonParameter(states)]);
}

/** @returns undefined if the address is not suppressed. */
export async function findSuppression(
  db: Queryable,
  address: string,
): Promise<Suppression | undefined> {
  const { rows } = await db.query<Suppression & Record<string, unknown>>(FIND, [
    canonicalAddress(address),
  ]);
  return rows[0];
}

/** An address that the portal suppresses. */
export interface SuppressedAddress {
  readonly address: string;
  /** True if Resend's list contained the address at the newest report. */
  readonly listed: boolean;
}

export async function listSuppressedAddresses(
  db: Queryable,
): Promise<readonly SuppressedAddress[]> {
  const { rows } = await db.query<SuppressedAddress & Record<string, unknown>>(LIST_STATES);
  return rows;
}

export interface Lift {
  readonly address: string;
  readonly by: string;
  /** Incidents and reports up to this time no longer count. */
  readonly at: Date;
  /** True if Resend's list contained the address. */
  readonly wasListed: boolean;
}

/**
 * Lifts the suppression of an address.
 * @returns the lifted suppression, or undefined if the portal did not suppress the address.
 */
export async function liftSuppression(
  db: Queryable,
  { address, by, at, wasListed }: Lift,
): Promise<Suppression | undefined> {
  const { rows } = await db.query<Suppression & Record<string, unknown>>(LIFT, [
    canonicalAddress(address),
    by,
    at,
    wasListed,
  ]);
  return rows[0];
}
