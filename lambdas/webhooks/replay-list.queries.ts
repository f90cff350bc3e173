import type { Queryable } from '../platform/postgres/database.ts';

export interface ReplayLine {
  readonly provider: string;
  readonly event: string;
  readonly replay: string;
  readonly status: 'requested' | 'processed' | 'failed' | 'exhausted';
  readonly attempts: number;
  readonly redrives: number;
  readonly requestedAt: Date;
  readonly processedAt: Date | null;
  /** Code and first line of the last error. */
  readonly error: string | null;
}

const LIST = `
  select source as provider, event_id as event, replay, status, attempts, redrives,
         requested_at as "requestedAt", processed_at as "processedAt",
         nullif(concat_ws(': ', error_code, left(split_part(error_message, E'\\n', 1), 200)), '')
           as error
    from portal.webhook_replays
   where source = any($1::text[]) and event_id = any($2::text[])
     and ($3::text[] is null or replay = any($3))
   order by requested_at desc, event_id, replay
   limit 500`;

export interface ReplayFilter {
  readonly sources: readonly string[];
  readonly events: readonly string[];
  readonly ids: readonly string[] | undefined;
}

/** Lists replays of events, newest first. */
export async function listReplays(
  db: Queryable,
  { sources, events, ids }: ReplayFilter,
): Promise<readonly ReplayLine[]> {
  const values = [sources, events, ids ?? null];
  return (await db.query<ReplayLine & Record<string, unknown>>(LIST, values)).rows;
}
