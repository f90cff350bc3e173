import type { Queryable } from '../platform/postgres/database.ts';

export interface Lease {
  readonly name: string;
  /** Identity of the operator who runs the command. */
  readonly holder: string;
  /** Identifies the run, because one operator can start two. */
  readonly token: string;
  readonly takenAt: Date;
  readonly expiresAt: Date;
}

const TAKE = `
  insert into portal.command_leases as lease (name, holder, token, taken_at, expires_at)
  values ($1::text, $2::text, $3::uuid, $4::timestamptz, $5::timestamptz)
  on conflict (name) do update
     set holder = excluded.holder, token = excluded.token, taken_at = excluded.taken_at,
         expires_at = excluded.expires_at
   where lease.expires_at <= excluded.taken_at`;

/** @returns false if another run holds the lease. */
export async function takeLease(db: Queryable, lease: Lease): Promise<boolean> {
  const { name, holder, token, takenAt, expiresAt } = lease;
  const { rowCount } = await db.query(TAKE, [name, holder, token, takenAt, expiresAt]);
  return rowCount === 1;
}

const FIND = `
  select holder, expires_at as "expiresAt" from portal.command_leases where name = $1::text`;

export async function findLease(
  db: Queryable,
  name: string,
): Promise<Pick<Lease, 'holder' | 'expiresAt'> | undefined> {
  const { rows } = await db.query<Pick<Lease, 'holder' | 'expiresAt'>>(FIND, [name]);
  return rows[0];
}

const RELEASE = `
  delete from portal.command_leases where name = $1::text and token = $2::uuid`;

export async function releaseLease(
  db: Queryable,
  { name, token }: Pick<Lease, 'name' | 'token'>,
): Promise<void> {
  await db.query(RELEASE, [name, token]);
}
