import type { Queryable } from '../platform/postgres/database.ts';
import { type AssetIdentifiers, identifierParameters } from './assets.queries.ts';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: 'member' | 'admin';
}

/** `union` lets each part use an index; one condition with `or` reads all users. */
const ADMINS_AND_OWNERS = `
  select id, name, role
  from portal.users
  where role = 'admin'
  union
  select id, name, role
  from portal.users
  where id in (
    select owner_id from portal.assets
    where id = any($1::uuid[])
       or mux_asset_id = any($2::text[])
       or mux_upload_id = any($3::text[]))
  order by id`;

/** Returns all admins and the owners of the assets. */
export async function findAdminsAndOwners(
  db: Queryable,
  assets: readonly AssetIdentifiers[],
): Promise<readonly User[]> {
  const { rows } = await db.query<User & Record<string, unknown>>(
    ADMINS_AND_OWNERS,
    identifierParameters(assets),
  );
  return rows;
}

const ADMINS = `select id, name, role from portal.users where role = 'admin' order by id`;

export async function findAdmins(db: Queryable): Promise<readonly User[]> {
  const { rows } = await db.query<User & Record<string, unknown>>(ADMINS);
  return rows;
}
