import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type pg from 'pg';
import { aMuxRecord, type MuxBody } from '../processor.ts';
import { aResendRecord, type ResendEvent } from '../providers/resend-events.ts';
import { type PrivateDraw, recognisedTexts } from './private-kinds.ts';
import { everyShape, type Shape } from './shapes.ts';
import { nameOf, type Position, withText } from './string-positions.ts';

/** An event with a private text at one position, ready to be processed. */
export interface DrawnEvent {
  readonly shape: Shape;
  readonly position: Position;
  readonly draw: PrivateDraw;
  readonly eventId: string;
  readonly record: ReturnType<typeof aMuxRecord>;
}

/** Positions that name the event, the asset or the address itself, so the text must be kept. */
const namesItsSubject = (position: Position) =>
  ['id', 'data.id', 'data.upload_id', 'data.asset_id', 'data.email_id', 'data.email'].includes(
    nameOf(position),
  );

export const memberId = '10000000-0000-4000-8000-000000000001';

/** Adds the member and the admin whom events notify. */
export async function addPeople(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into portal.users (id, email, name, role)
     values ($1, 'mia@members.example', 'Mia', 'member'),
            (gen_random_uuid(), 'ada@members.example', 'Ada', 'admin')`,
    [memberId],
  );
}

/** Draws an event for every position of every known body. Each has a video or a mail of its own. */
export async function drawEvents(pool: pg.Pool): Promise<readonly DrawnEvent[]> {
  const places = everyShape().flatMap((shape) =>
    shape.positions
      .filter((position) => !namesItsSubject(position))
      .map((position) => ({ shape, position })),
  );
  const draws = fc.sample(recognisedTexts, { numRuns: places.length, seed: 11 });
  const events: DrawnEvent[] = [];
  for (const [index, place] of places.entries())
    events.push(await drawEvent(pool, place, draws[index] as PrivateDraw));
  return events;
}

async function drawEvent(
  pool: pg.Pool,
  { shape, position }: Pick<DrawnEvent, 'shape' | 'position'>,
  draw: PrivateDraw,
): Promise<DrawnEvent> {
  const subject = randomUUID();
  const eventId = randomUUID();
  const text = `said ${draw.text} so`;
  if (shape.provider === 'mux') {
    await pool.query(
      `insert into portal.assets (id, owner_id, title, status)
       values ($1, $2, 'Mine', 'processing')`,
      [subject, memberId],
    );
    const body = withText(muxDocument(shape, subject, eventId), position, text) as MuxBody;
    return { shape, position, draw, eventId, record: aMuxRecord({ ...body, id: eventId }) };
  }
  const to = `${subject}@members.example`;
  await pool.query(
    `insert into portal.notifications
            (id, recipient, kind, params, source, event_id, mail_status, sent_at, sent_to,
             resend_email_id, created_at)
     values ($1::uuid, $2, 'asset.ready', '{}', 'mux', $1::text, 'sent', now(), $2, $1::text,
               now())`,
    [subject, to],
  );
  const body = withText(resendDocument(shape, subject, to), position, text);
  const event = { id: eventId, body } as unknown as ResendEvent;
  return { shape, position, draw, eventId, record: aResendRecord(event) };
}

/** Makes the body one about a video of the member. */
function muxDocument({ document, type }: Shape, assetId: string, eventId: string) {
  const data = Object(document['data']);
  const names = type.startsWith('video.upload.')
    ? {
        id: `upload-${assetId}`,
        new_asset_settings: { ...data.new_asset_settings, passthrough: assetId },
      }
    : { id: `asset-${assetId}`, upload_id: `upload-${assetId}`, passthrough: assetId };
  return { ...document, id: eventId, data: { ...data, ...names } };
}

/** Makes the body one about a mail of this system. */
function resendDocument({ document }: Shape, notificationId: string, to: string) {
  const data = Object(document['data']);
  const names = 'email' in data ? { email: to } : { email_id: notificationId };
  return { ...document, data: { ...data, ...names, ...tagsOf(data, notificationId) } };
}

const tagsOf = ({ tags }: { readonly tags?: unknown }, notificationId: string) =>
  tags === undefined || Array.isArray(tags)
    ? {}
    : { tags: { ...tags, notification_id: notificationId } };
