import type { Queryable } from '../platform/postgres/database.ts';
import type { Suppression } from './email-suppressions.queries.ts';

const LIST = `
  select address, reason, origin, since, source, event_id as "eventId"
    from portal.email_suppressions
   where suppressed
     and ($2::text is null
          or (since, address) < (select since, address from portal.email_suppressions
                                  where address = $2::text))
   order by since desc, address desc
   limit $1::int`;

/**
 * Returns suppressions, newest first.
 * @param after Last address of the previous page.
 */
export async function listSuppressions(
  db: Queryable,
  limit: number,
  after?: string,
): Promise<readonly Suppression[]> {
  const values = [limit, after ?? null];
  const { rows } = await db.query<Suppression & Record<string, unknown>>(LIST, values);
  return rows;
}
