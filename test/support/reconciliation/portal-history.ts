import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type MuxAsset, type MuxEvent, muxEvent } from '../../../local/sandbox/mux-events.ts';
import {
  type ResendEvent,
  type ResendMail,
  resendEvent,
} from '../../../local/sandbox/resend-events.ts';
import { START } from './reconciled-portal.ts';

/** Events of both providers, and the rows of the portal that they are about. */
export interface PortalHistory {
  readonly assets: readonly (MuxAsset & { readonly ownerId: string })[];
  readonly mails: readonly ResendMail[];
  readonly muxEvents: readonly MuxEvent[];
  readonly resendEvents: readonly ResendEvent[];
}

const HOUR_MS = 3_600_000;
const OWNER = '00000000-0000-4000-8000-000000000001';

/**
 * Makes events of the hours before the first run: three for each video, which becomes ready or
 * fails, and two or more for each mail, of which some bounce or are complained about.
 */
export function makeHistory(videos: number, mailCount: number): PortalHistory {
  const at = (index: number, total: number, offsetMs = 0) =>
    new Date(START.getTime() - 5 * HOUR_MS + (index / total) * 3 * HOUR_MS + offsetMs);
  const assets = Array.from({ length: videos }, () => {
    const passthrough = randomUUID();
    const uploadId = `upload-${passthrough}`;
    const assetId = `asset-${passthrough}`;
    const title = 'Stunt reel';
    return { uploadId, assetId, passthrough, title, creatorId: OWNER, ownerId: OWNER };
  });
  const mails = Array.from({ length: mailCount }, (_, index) => {
    const notificationId = randomUUID();
    return {
      id: randomUUID(),
      from: 'portal@example.org',
      to: [`member-${index}@members.example`],
      subject: 'Ready',
      at: at(index, mailCount),
      tags: [{ name: 'notification_id', value: notificationId }],
    };
  });
  const end = (index: number) => (index % 10 === 3 ? 'video.asset.errored' : 'video.asset.ready');
  return {
    assets,
    mails,
    muxEvents: assets.flatMap((asset, index) => [
      muxEvent('video.upload.asset_created', asset, at(index, videos)),
      muxEvent('video.asset.created', asset, at(index, videos, 1_000)),
      muxEvent(end(index), asset, at(index, videos, 20_000)),
    ]),
    resendEvents: mails.flatMap((mail, index) =>
      typesOf(index).map((type, step) =>
        resendEvent(type, mail, at(index, mailCount, 1_000 + step * 30_000)),
      ),
    ),
  };
}

function typesOf(index: number): readonly string[] {
  if (index % 10 === 7) return ['email.sent', 'email.bounced'];
  if (index % 25 === 9) return ['email.sent', 'email.delivered', 'email.complained'];
  return ['email.sent', 'email.delivered'];
}

const TRUNCATE = `
  truncate portal.users, portal.assets, portal.asset_events, portal.webhook_events,
    portal.webhook_replays, portal.idempotency_records, portal.notifications, portal.outbox,
    portal.email_incidents, portal.email_suppressions, portal.reconciliations,
    portal.missed_events cascade`;

/** Removes everything and inserts the rows that existed before the first event. */
export async function resetPortal(
  pool: pg.Pool,
  { assets, mails }: Pick<PortalHistory, 'assets' | 'mails'>,
): Promise<void> {
  await pool.query(TRUNCATE);
  await pool.query(
    `insert into portal.users (id, email, name, role)
     values ($1, 'owner@members.example', 'Olga', 'member'),
            ('00000000-0000-4000-8000-000000000002', 'a@members.example', 'Ada', 'admin')`,
    [OWNER],
  );
  await pool.query(
    `insert into portal.assets (id, owner_id, title, mux_upload_id, created_at)
     select id, $1, 'Stunt reel', upload, $4 from unnest($2::uuid[], $3::text[]) as t (id, upload)`,
    [
      OWNER,
      assets.map(({ passthrough }) => passthrough),
      assets.map(({ uploadId }) => uploadId),
      new Date(START.getTime() - 6 * HOUR_MS),
    ],
  );
  await pool.query(
    `insert into portal.notifications
       (id, recipient, kind, params, source, event_id, mail_status, resend_email_id, created_at,
        sent_at, sent_to)
     select id, address, 'share-links.expired', '{}', 'test', id::text, 'sent', mail, $4, $4,
            address
     from unnest($1::uuid[], $2::text[], $3::text[]) as t (id, address, mail)`,
    [
      mails.map(({ tags }) => tags[0]?.value),
      mails.map(({ to }) => to[0]),
      mails.map(({ id }) => id),
      new Date(START.getTime() - 6 * HOUR_MS),
    ],
  );
}

const STATES = {
  ledgerOfResend: `
    select event_id, type, status, body::jsonb as body from portal.webhook_events
    where source = 'resend' order by event_id`,
  mails: `
    select id, delivery_status, delivery_at, delivery_event_id, delivery_reason, delivery_is_soft
    from portal.notifications where source = 'test' order by id`,
  incidents: `
    select address, kind, event_id, occurred_at from portal.email_incidents order by address`,
  suppressions: `
    select address, suppressed, reason, event_id from portal.email_suppressions
    order by address`,
  videos: `
    select id, status, mux_upload_id, mux_asset_id, playback_id, playback_policy, binding,
           duration_seconds, aspect_ratio, failure_reason, ready_at is null as never_ready,
           failed_at is null as never_failed
    from portal.assets order by id`,
  notifications: `
    select id, user_id, recipient, kind, asset_id, params from portal.notifications
    where source <> 'test' order by id`,
  domainEvents: `
    select type, detail - 'id' - 'occurredAt' as detail from portal.outbox
    order by type, (detail - 'id' - 'occurredAt')::text`,
};

/** Reads everything that the events caused, without the times and ids of reconciled events. */
export async function readStates(pool: pg.Pool) {
  const states: Record<string, readonly object[]> = {};
  for (const [name, statement] of Object.entries(STATES))
    states[name] = (await pool.query(statement)).rows;
  return states;
}
