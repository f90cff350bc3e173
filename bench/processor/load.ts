import type { SQSRecord } from 'aws-lambda';
import type pg from 'pg';
import { deterministicUuid } from '../../lambdas/platform/deterministic-id.ts';
import { type MuxAsset, muxEvent, muxId } from '../../local/sandbox/mux-events.ts';
import { aMuxRecord } from '../../test/support/processor.ts';

export interface LoadSettings {
  /** Two loads with one seed are the same, whichever process makes them. */
  readonly seed: string;
  readonly batchSize: number;
  readonly batches: number;
  readonly bodyBytes: number;
  /** Of all events, how many come a second time. */
  readonly duplicates: number;
  /** Of all events, how many can never be applied. */
  readonly poison: number;
  /** A signed film's playback URL costs an RSA signature; a public one's costs nothing. */
  readonly playback: 'signed' | 'public';
  /** Of a film's events, in their order. */
  readonly types?: readonly string[];
}

// The owner's upload, then Mux's own news: three of a film's events, in which only the last notifies somebody.
const TYPES = ['video.upload.asset_created', 'video.asset.created', 'video.asset.ready'] as const;

const OWNER = deterministicUuid('bench', 'owner');

/** A film's events come close to each other; a duplicate repeats one of the last few batches, so that batches overlap. */
const NEIGHBOURHOOD = 60;

export function filmOf(seed: string, index: number): MuxAsset {
  const name = `${seed} ${index}`;
  return {
    uploadId: muxId(`upload ${name}`),
    assetId: muxId(`asset ${name}`),
    passthrough: deterministicUuid('bench', 'film', name),
    title: `Film ${name}`,
    creatorId: OWNER,
  };
}

/** The films of a load as the portal has them, before Mux tells of them. */
export async function insertFilms(
  pool: pg.Pool,
  { seed, batchSize, batches }: LoadSettings,
): Promise<void> {
  await pool.query(
    `insert into portal.users (id, email, name) values ($1::uuid, 'owner@example.org', 'Owner') on conflict do nothing`,
    [OWNER],
  );
  const films = Array.from({ length: filmCount(batchSize * batches) }, (_, index) => ({
    ...filmOf(seed, index),
    assetId: null,
  }));
  const contradicted = Array.from({ length: CONTRADICTED }, (_, index) => contradictedFilm(index));
  await pool.query(INSERT_FILMS, [JSON.stringify([...films, ...contradicted]), OWNER]);
}

const INSERT_FILMS = `
  insert into portal.assets (id, owner_id, title, mux_upload_id, mux_asset_id)
  select passthrough, $2::uuid, title, "uploadId", "assetId"
  from jsonb_to_recordset($1::jsonb) as film (passthrough uuid, title text, "uploadId" text, "assetId" text)
  on conflict do nothing`;

// At least two events of each: a load of fewer types has more films.
const filmCount = (events: number) => Math.ceil(events / 2) + 1;

/** Batch by batch, for as many as there are; the same records each time. */
export function* makeBatches(settings: LoadSettings): Generator<SQSRecord[]> {
  const { seed, batchSize, batches, duplicates, poison } = settings;
  const random = makeRandom(seed);
  const recent: SQSRecord[] = [];
  let made = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    yield Array.from({ length: batchSize }, () => {
      const dice = random();
      const repeated = recent[Math.floor(random() * recent.length)];
      if (dice < duplicates && repeated !== undefined)
        return { ...repeated, messageId: deterministicUuid(seed, `${made}`, 'again') };
      const isPoison = dice > 1 - poison;
      const record = isPoison ? poisonRecord(settings, made) : eventRecord(settings, made);
      made += 1;
      if (!isPoison) recent.push(record);
      if (recent.length > NEIGHBOURHOOD) recent.shift();
      return record;
    });
  }
}

function eventRecord(
  { seed, bodyBytes, playback, types = TYPES }: LoadSettings,
  index: number,
): SQSRecord {
  const type = types[index % types.length] as string;
  const event = muxEvent(
    type,
    filmOf(seed, Math.floor(index / types.length)),
    new Date(BASE_TIME + index * 10),
  );
  const ids = (event.data['playback_ids'] ?? []) as readonly object[];
  const data = { ...event.data, playback_ids: ids.map((id) => ({ ...id, policy: playback })) };
  return aMuxRecord(padded({ ...event, id: eventId(seed, index), data }, bodyBytes));
}

/**
 * Half of them cannot be read, which is seen before the transaction. The others are about a film of the portal's with
 * the upload of another, which ends the transaction of the whole batch.
 */
function poisonRecord({ seed, bodyBytes }: LoadSettings, index: number): SQSRecord {
  const film = contradictedFilm(index % CONTRADICTED);
  const event = muxEvent(
    'video.asset.ready',
    { ...film, uploadId: muxId(`another ${film.uploadId}`) },
    new Date(BASE_TIME),
  );
  const data = index % 2 === 0 ? { ...event.data, id: '' } : event.data;
  return aMuxRecord(padded({ ...event, id: `poison-${eventId(seed, index)}`, data }, bodyBytes));
}

const CONTRADICTED = 50;

const contradictedFilm = (index: number) => filmOf('contradicted', index);

const eventId = (seed: string, index: number) =>
  deterministicUuid('bench', 'event', seed, String(index));

const BASE_TIME = Date.UTC(2026, 10, 1);

type Body = Parameters<typeof aMuxRecord>[0];

function padded(body: Body, bytes: number): Body {
  const missing = bytes - JSON.stringify(body).length - '"padding":"",'.length;
  return missing <= 0
    ? body
    : {
        ...body,
        data: {
          ...body.data,
          padding: muxId('padding', 80)
            .repeat(Math.ceil(missing / 80))
            .slice(0, missing),
        },
      };
}

/** Mulberry32: small, and the same everywhere. */
export function makeRandom(seed: string): () => number {
  let state = Number.parseInt(deterministicUuid(seed).slice(0, 8), 16);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
