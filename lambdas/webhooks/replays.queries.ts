import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import type { EventKey } from './cause-id.ts';
import { appendEntry, failureEntry, redriveEntry, withoutLastRedrive } from './event-history.ts';

/** One replay of an event. `replay` is the random id in its message. */
export interface ReplayKey extends EventKey {
  readonly replay: string;
}

export type ProcessedReplay = ReplayKey & {
  readonly effects: Readonly<Record<string, readonly string[]>>;
};

export type FailedReplay = ReplayKey & {
  readonly status: 'failed' | 'exhausted';
  readonly errorCode: string;
  readonly errorMessage: string;
};

/** Inserts a replay that has no row, for example after the database was restored. */
const RECORD_PROCESSED = `
  insert into portal.webhook_replays as known
    (source, event_id, replay, status, requested_at, processed_at, attempts, effects, updated_at)
  select source, "eventId", replay, 'processed', $2::timestamptz, $2::timestamptz, 1, effects,
         $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as processed (
    source text, "eventId" text, replay text, effects jsonb)
  order by source, "eventId" collate "C", replay
  on conflict (source, event_id, replay) do update
     set status = 'processed', processed_at = excluded.processed_at,
         attempts = known.attempts + 1, effects = excluded.effects,
         updated_at = excluded.updated_at
   where known.status <> 'processed'`;

const FAILED_ATTEMPT = failureEntry('failed-attempt', {
  at: '$7::timestamptz',
  code: '$5::text',
  message: '$6::text',
});

const RECORD_FAILED = `
  insert into portal.webhook_replays as known
    (source, event_id, replay, status, requested_at, attempts, error_code, error_message,
     history, updated_at)
  values ($1::text, $2::text, $3::text, $4::text, $7::timestamptz, 1, $5::text, $6::text,
          jsonb_build_array(${FAILED_ATTEMPT}), $7::timestamptz)
  on conflict (source, event_id, replay) do update
     set status = excluded.status, attempts = known.attempts + 1,
         error_code = excluded.error_code, error_message = excluded.error_message,
         history = ${appendEntry('known.history', FAILED_ATTEMPT)},
         escalated_at = case when excluded.status = 'exhausted' then null
                             else known.escalated_at end,
         updated_at = excluded.updated_at
   where known.status in ('requested', 'failed')`;

const COUNT_REDRIVES = `
  insert into portal.webhook_replays as known
    (source, event_id, replay, status, requested_at, redrives, history, updated_at)
  select source, "eventId", replay, 'failed', $2::timestamptz, 1,
         jsonb_build_array(${redriveEntry('$2::timestamptz')}), $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as redriven (source text, "eventId" text, replay text)
  order by source, "eventId" collate "C", replay
  on conflict (source, event_id, replay) do update
     set redrives = known.redrives + 1, updated_at = excluded.updated_at,
         history = ${appendEntry('known.history', redriveEntry('excluded.updated_at'))}
   where known.status in ('requested', 'failed')`;

const UNCOUNT_REDRIVES = `
  update portal.webhook_replays as known
  set redrives = greatest(known.redrives - 1, 0), updated_at = $2::timestamptz,
      history = ${withoutLastRedrive('known.history')}
  from jsonb_to_recordset($1::jsonb) as kept (source text, "eventId" text, replay text)
  where known.source = kept.source and known.event_id = kept."eventId"
    and known.replay = kept.replay and known.status in ('requested', 'failed')`;

const EXHAUSTED = {
  at: 'excluded.updated_at',
  code: 'coalesce(known.error_code, excluded.error_code)',
  message: 'coalesce(known.error_message, excluded.error_message)',
};

const FIRST_EXHAUSTED = { at: '$2::timestamptz', code: '"errorCode"', message: '"errorMessage"' };

const EXHAUST = `
  insert into portal.webhook_replays as known
    (source, event_id, replay, status, requested_at, error_code, error_message, history,
     updated_at)
  select source, "eventId", replay, 'exhausted', $2::timestamptz, "errorCode", "errorMessage",
         jsonb_build_array(${failureEntry('exhausted', FIRST_EXHAUSTED)}), $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as exhausted (
    source text, "eventId" text, replay text, "errorCode" text, "errorMessage" text)
  order by source, "eventId" collate "C", replay
  on conflict (source, event_id, replay) do update
     set status = 'exhausted', escalated_at = null, updated_at = excluded.updated_at,
         history = ${appendEntry('known.history', failureEntry('exhausted', EXHAUSTED))},
         error_code = coalesce(known.error_code, excluded.error_code),
         error_message = coalesce(known.error_message, excluded.error_message)
   where known.status in ('requested', 'failed')`;

export async function recordReplaysProcessed(
  db: Queryable,
  replays: readonly ProcessedReplay[],
  now: Date,
): Promise<void> {
  if (replays.length > 0) await db.query(RECORD_PROCESSED, [jsonParameter(replays), now]);
}

export async function recordReplayFailed(
  db: Queryable,
  { source, eventId, replay, status, errorCode, errorMessage }: FailedReplay,
  now: Date,
): Promise<void> {
  const values = [source, eventId, replay, status, errorCode, errorMessage, now];
  await db.query(RECORD_FAILED, values);
}

export async function countReplayRedrives(
  db: Queryable,
  replays: readonly ReplayKey[],
  now: Date,
): Promise<void> {
  if (replays.length > 0) await db.query(COUNT_REDRIVES, [toKeysJson(replays), now]);
}

export async function uncountReplayRedrives(
  db: Queryable,
  replays: readonly ReplayKey[],
  updatedAt: Date,
): Promise<void> {
  if (replays.length > 0) await db.query(UNCOUNT_REDRIVES, [toKeysJson(replays), updatedAt]);
}

export async function exhaustReplays(
  db: Queryable,
  replays: readonly (ReplayKey & Pick<FailedReplay, 'errorCode' | 'errorMessage'>)[],
  now: Date,
): Promise<void> {
  if (replays.length === 0) return;
  const rows = replays.map(({ source, eventId, replay, errorCode, errorMessage }) => ({
    source,
    eventId,
    replay,
    errorCode,
    errorMessage,
  }));
  await db.query(EXHAUST, [jsonParameter(rows), now]);
}

/** Selects the keys of replays and leaves out those of events. */
export const replaysOf = <Key extends EventKey>(
  keys: readonly Key[],
): (Key & { readonly replay: string })[] =>
  keys.flatMap((key) => (typeof key.replay === 'string' ? [{ ...key, replay: key.replay }] : []));

const toKeysJson = (replays: readonly ReplayKey[]) =>
  jsonParameter(replays.map(({ source, eventId, replay }) => ({ source, eventId, replay })));
