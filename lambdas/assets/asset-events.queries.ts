import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import type { AssetStatus } from './assets.queries.ts';

/** Entry of an asset's history. `applied` is false if the event was stale. */
export interface AssetEvent {
  readonly id: string;
  readonly assetId: string;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly fromStatus: AssetStatus;
  readonly toStatus: AssetStatus;
  readonly applied: boolean;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

const INSERT = `
  insert into portal.asset_events
    (id, asset_id, source, event_id, type, from_status, to_status, applied, occurred_at,
     recorded_at)
  select id, "assetId", source, "eventId", type, "fromStatus", "toStatus", applied, "occurredAt",
         "recordedAt"
  from jsonb_to_recordset($1::jsonb) as event (
    id uuid, "assetId" uuid, source text, "eventId" text, type text,
    "fromStatus" text, "toStatus" text, applied boolean,
    "occurredAt" timestamptz, "recordedAt" timestamptz)
  on conflict (source, event_id) do nothing`;

export async function insertAssetEvents(
  db: Queryable,
  events: readonly AssetEvent[],
): Promise<void> {
  if (events.length > 0) await db.query(INSERT, [jsonParameter(events)]);
}
