import type { Queryable } from '../platform/postgres/database.ts';
import { redactTexts, type ShownFields } from '../platform/redaction/redact-texts.ts';
import { redactText } from '../platform/redaction.ts';
import { jsonParameter, storableText } from '../platform/storable-text.ts';
import type { AuditRecord } from './audit-hash.ts';

export interface OperatorAction {
  readonly at: Date;
  /** ARN of the identity that signed the request, or the part of this system that acted. */
  readonly operator: string;
  readonly command: string;
  readonly reason: string | null;
  /** Id of the request at API Gateway. */
  readonly requestId: string | null;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly result: unknown;
}

const INSERT = `
  insert into portal.operator_actions
         (at, operator, command, reason, request_id, arguments, result)
  values ($1::timestamptz, $2::text, $3::text, $4::text, $5::text, $6::jsonb, $7::jsonb)`;

/** Fields of arguments and results that the log keeps as they are. */
const shownFields: ShownFields = {
  address: 'The record proves for which address somebody acted.',
  to: 'The record proves whose mails somebody looked for.',
  text: 'The record proves what somebody searched the bodies for.',
};

/**
 * Appends a record; a trigger chains it to the one before. Credentials and addresses that somebody
 * pasted into a reason are redacted: no later statement can remove them.
 */
export async function recordAction(db: Queryable, action: OperatorAction): Promise<void> {
  const { at, operator, command, reason, requestId, arguments: given, result } = action;
  await db.query(INSERT, [
    at,
    storableText(operator),
    command,
    reason === null ? null : storableText(redactText(reason)),
    requestId,
    jsonParameter(redactTexts(given, shownFields)),
    jsonParameter(redactTexts(result, shownFields)),
  ]);
}

export interface AuditFilter {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly operator?: string | undefined;
  readonly command?: string | undefined;
}

export interface ListedAction {
  readonly position: string;
  readonly at: Date;
  readonly operator: string;
  readonly command: string;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly arguments: unknown;
  readonly result: unknown;
}

const LIST = `
  select position::text as position, at, operator, command, reason, request_id as "requestId",
         arguments, result
    from portal.operator_actions
   where ($1::timestamptz is null or at >= $1::timestamptz)
     and ($2::timestamptz is null or at < $2::timestamptz)
     and ($3::text is null or strpos(lower(operator), lower($3::text)) > 0)
     and ($4::text is null or command = $4::text)
     and ($5::bigint is null or position < $5::bigint)
   order by position desc
   limit $6::integer`;

/** Lists records, newest first. */
export async function listActions(
  db: Queryable,
  { since, until, operator, command }: AuditFilter,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<readonly ListedAction[]> {
  const { rows } = await db.query<ListedAction>(LIST, [
    since,
    until,
    operator,
    command,
    cursor,
    limit,
  ]);
  return rows;
}

const CHAIN = `
  select position::integer as position,
         to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
         operator, command, reason, request_id as "requestId", arguments::text as arguments,
         result::text as result, previous_hash as "previousHash", hash
    from portal.operator_actions
   where position > $1::bigint
   order by position
   limit $2::integer`;

/** Reads records after a position, oldest first. */
export async function readChainPage(
  db: Queryable,
  after: number,
  limit: number,
): Promise<readonly AuditRecord[]> {
  return (await db.query<AuditRecord & Record<string, unknown>>(CHAIN, [after, limit])).rows;
}

/** Reads the whole log, oldest record first, page by page. */
export async function* readChain(db: Queryable, pageSize = 1_000): AsyncGenerator<AuditRecord> {
  let last = 0;
  for (;;) {
    const rows = await readChainPage(db, last, pageSize);
    yield* rows;
    if (rows.length < pageSize) return;
    last = rows.at(-1)?.position ?? last;
  }
}

const UNCHAINED = `
  select count(*)::integer as count from portal.operator_actions where position is null`;

/** Counts records that were added without the trigger. */
export async function countUnchained(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>(UNCHAINED);
  return rows[0]?.count ?? 0;
}

const HEAD = `
  select position::integer as position, hash
    from portal.operator_actions
   where position is not null
   order by position desc
   limit 1`;

export interface ChainHead {
  readonly position: number;
  readonly hash: string;
}

/** Returns the newest record, or undefined if the log is empty. */
export async function findHead(db: Queryable): Promise<ChainHead | undefined> {
  const { rows } = await db.query<ChainHead>(HEAD);
  return rows[0];
}

const PRUNE = `
  with kept as (
    select min(position) as position from portal.operator_actions where at >= $1::timestamptz
  ), due as (
    select action.id, action.position, action.hash
      from portal.operator_actions as action, kept
     where action.position < coalesce(kept.position, action.position + 1)
     order by action.position
     limit $2::integer
  ), deleted as (
    delete from portal.operator_actions where id in (select id from due)
    returning position, hash
  )
  select count(*)::integer as deleted, max(position)::integer as through,
         (array_agg(hash order by position desc))[1] as hash
    from deleted`;

export interface PrunedRecords {
  readonly deleted: number;
  /** Position and hash of the last deleted record; null if none was due. */
  readonly through: number | null;
  readonly hash: string | null;
}

/** Deletes the oldest records, never one that follows a kept record. */
export async function pruneActions(
  db: Queryable,
  before: Date,
  limit: number,
): Promise<PrunedRecords> {
  const { rows } = await db.query<PrunedRecords>(PRUNE, [before, limit]);
  return rows[0] ?? { deleted: 0, through: null, hash: null };
}
