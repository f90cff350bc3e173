import type { Queryable } from '../platform/postgres/database.ts';

export interface Slot {
  /** Time at which the request may leave. */
  readonly at: Date;
  /** Requests per second at the time of the reservation. */
  readonly rate: number;
}

export interface SlotRequest {
  readonly now: Date;
  /** No slot after this time is reserved. */
  readonly latest: Date;
  /** Rate of the first request ever. */
  readonly firstRate: number;
}

/** The row lock orders concurrent senders, so that no two of them get the same slot. */
const RESERVE = `
  insert into portal.mail_pace as pace (id, next_slot, requests_per_second)
  select 1, $1::timestamptz + make_interval(secs => 1 / $3::float8), $3::float8
   where $1::timestamptz <= $2::timestamptz
      on conflict (id) do update
     set next_slot = greatest(pace.next_slot, $1::timestamptz)
                     + make_interval(secs => 1 / pace.requests_per_second)
   where greatest(pace.next_slot, $1::timestamptz) <= $2::timestamptz
  returning next_slot - make_interval(secs => 1 / requests_per_second) as at,
            requests_per_second as rate`;

/** @returns undefined if no slot up to `latest` is free. */
export async function reserveSlot(
  db: Queryable,
  { now, latest, firstRate }: SlotRequest,
): Promise<Slot | undefined> {
  const { rows } = await db.query<Slot & Record<string, unknown>>(RESERVE, [
    now,
    latest,
    firstRate,
  ]);
  return rows[0];
}

const FIND_NEXT_SLOT = `
  select next_slot as at from portal.mail_pace where id = 1`;

export async function findNextSlot(db: Queryable): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date }>(FIND_NEXT_SLOT);
  return rows[0]?.at;
}

const SET_RATE = `
  update portal.mail_pace
     set requests_per_second = $2::float8
   where id = 1 and requests_per_second = $1::float8`;

/** Changes the rate, unless another sender changed it meanwhile. */
export async function setRate(db: Queryable, from: number, to: number): Promise<void> {
  await db.query(SET_RATE, [from, to]);
}

const PAUSE = `
  update portal.mail_pace
     set next_slot = $1::timestamptz
   where id = 1 and next_slot < $1::timestamptz`;

/** Moves the next slot of all senders to this time, if it is earlier. */
export async function pauseUntil(db: Queryable, until: Date): Promise<void> {
  await db.query(PAUSE, [until]);
}

const LOWER_RATE = `
  update portal.mail_pace
     set requests_per_second = $2::float8, limited_at = $3::timestamptz
   where id = 1 and (limited_at is null or limited_at < $1::timestamptz)`;

/**
 * Lowers the rate once for all requests that one limit rejected: a slot reserved before the last
 * reduction does not show whether the reduced rate is too high.
 */
export async function lowerRate(
  db: Queryable,
  { slot, rate, at }: { readonly slot: Date; readonly rate: number; readonly at: Date },
): Promise<void> {
  await db.query(LOWER_RATE, [slot, rate, at]);
}
