import type { SQSRecord } from 'aws-lambda';
import type pg from 'pg';
import { deterministicUuid } from '../lambdas/platform/deterministic-id.ts';
import { type MuxAsset, muxEvent, muxId } from '../local/sandbox/mux-events.ts';
import { aMuxRecord } from '../test/support/processor.ts';

/** Describes deliveries; equal options describe equal deliveries in every process. */
export interface Load {
  readonly seed: string;
  readonly deliveries: number;
  /** Share of deliveries that repeat an earlier event. */
  readonly duplicates: number;
  /** Share of events that can never be applied. */
  readonly poison: number;
  /** Event types of one asset, in order. */
  readonly types: readonly string[];
}

// The event video.asset.ready notifies the owner, publishes an event and signs a URL.
export const defaultLoad = {
  duplicates: 0.1,
  poison: 0,
  types: ['video.upload.asset_created', 'video.asset.created', 'video.asset.ready'],
} as const;

export const OWNER = deterministicUuid('bench', 'owner');

// The size of most of Mux's bodies.
const BODY_BYTES = 1_800;
// A duplicate repeats one of the last 60 events, so that concurrent batches overlap.
const RECENT_EVENTS = 60;
const POISONED_ASSETS = 50;
const BASE_TIME = Date.UTC(2026, 10, 1);

function assetOf(seed: string, index: number): MuxAsset {
  const name = `${seed} ${index}`;
  return {
    uploadId: muxId(`upload ${name}`),
    assetId: muxId(`asset ${name}`),
    passthrough: deterministicUuid('bench', 'asset', name),
    title: `Video ${name}`,
    creatorId: OWNER,
  };
}

const poisonedAsset = (index: number) => assetOf('poisoned', index % POISONED_ASSETS);

export const assetsOf = ({ seed, deliveries, types }: Load): readonly MuxAsset[] =>
  Array.from({ length: Math.ceil(deliveries / types.length) }, (_, index) => assetOf(seed, index));

const INSERT_ASSETS = `
  with owner as (
    insert into portal.users (id, email, name) values ($2::uuid, 'owner@example.org', 'Owner')
  )
  insert into portal.assets (id, owner_id, title, mux_upload_id, mux_asset_id, binding)
  select passthrough, $2::uuid, title, "uploadId", "assetId",
         case when "assetId" is not null then 'operator' end
  from jsonb_to_recordset($1::jsonb)
    as asset (passthrough uuid, title text, "uploadId" text, "assetId" text)`;

/** Inserts the owner and the assets of a load. An operator bound the assets of poison events. */
export async function insertAssets(pool: pg.Pool, load: Load): Promise<void> {
  const uploaded = assetsOf(load).map((asset) => ({ ...asset, assetId: null }));
  const poisoned = Array.from({ length: POISONED_ASSETS }, (_, index) => poisonedAsset(index));
  await pool.query(INSERT_ASSETS, [JSON.stringify([...uploaded, ...poisoned]), OWNER]);
}

export const eventIdOf = ({ messageAttributes }: SQSRecord): string =>
  messageAttributes['eventId']?.stringValue ?? '';

export function makeRecords(load: Load): SQSRecord[] {
  const { seed, deliveries, duplicates, poison } = load;
  const recent: SQSRecord[] = [];
  let made = 0;
  return Array.from({ length: deliveries }, (_, position) => {
    const repeated = recent[Math.floor(chance(seed, 'which', position) * recent.length)];
    const roll = chance(seed, 'kind', position);
    if (roll < duplicates && repeated !== undefined)
      return { ...repeated, messageId: deterministicUuid(seed, String(position)) };
    const isPoison = roll > 1 - poison;
    const record = makeRecord(load, made, isPoison);
    made += 1;
    if (!isPoison) recent.push(record);
    if (recent.length > RECENT_EVENTS) recent.shift();
    return record;
  });
}

/** Makes a poison event name another upload than its asset has, which fails the transaction. */
function makeRecord({ seed, types }: Load, index: number, isPoison: boolean): SQSRecord {
  const type = isPoison ? 'video.asset.ready' : (types[index % types.length] as string);
  const asset = isPoison ? poisonedAsset(index) : assetOf(seed, Math.floor(index / types.length));
  const uploadId = isPoison ? muxId(`another ${asset.uploadId}`) : asset.uploadId;
  const event = muxEvent(type, { ...asset, uploadId }, new Date(BASE_TIME + index * 10));
  const id = deterministicUuid('bench', 'event', seed, String(index));
  const body = { ...event, id: isPoison ? `poison-${id}` : id };
  const missing = Math.max(0, BODY_BYTES - JSON.stringify(body).length - '"padding":"",'.length);
  // Random-looking text, which Postgres compresses no better than a real body.
  const padding = muxId('padding', 80)
    .repeat(Math.ceil(missing / 80))
    .slice(0, missing);
  return aMuxRecord({ ...body, data: { ...body.data, padding } });
}

/** A number between 0 and 1. */
const chance = (seed: string, name: string, position: number) =>
  Number.parseInt(deterministicUuid(seed, name, String(position)).slice(0, 8), 16) / 2 ** 32;
