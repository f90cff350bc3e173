import type pg from 'pg';
import type { BusEvent } from '../aws/eventbridge/bus-event.ts';
import type { SentMail } from '../sandbox/resend-mails.ts';

/** All effects of one event: rows, mails and domain events. */
export interface Consequences {
  /** Undefined until a processor has committed the event. */
  readonly ledger: LedgerRow | undefined;
  readonly asset: AssetRow | undefined;
  /** Mail whose delivery status the event set. */
  readonly delivery: DeliveryRow | undefined;
  /** Addresses for which the event recorded an incident. */
  readonly addresses: readonly AddressRow[];
  readonly notifications: readonly NotificationRow[];
  readonly mails: readonly SentMail[];
  readonly domainEvents: readonly BusEvent[];
  /** False while a mail or a domain event is not sent yet. */
  readonly complete: boolean;
}

export interface LedgerRow {
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

export interface AssetRow {
  readonly id: string;
  readonly title: string | null;
  readonly status: string;
  readonly playback_url: string | null;
  readonly failure_reason: string | null;
  /** True if this event changed the status. */
  readonly applied: boolean;
  readonly from_status: string;
  readonly to_status: string;
}

export interface DeliveryRow {
  readonly kind: string;
  readonly address: string;
  readonly delivery_status: string;
  readonly delivery_reason: string | null;
}

export interface AddressRow {
  readonly address: string;
  readonly incident: string;
  readonly suppressed: boolean;
  readonly reason: string | null;
}

export interface NotificationRow {
  readonly id: string;
  readonly kind: string;
  /** Name of the member, or the mail address if no member has it. */
  readonly name: string;
  readonly mail_status: string;
  readonly mail_attempts: number;
}

const LEDGER = `
  select type, status, attempts, error_code, error_message
    from portal.webhook_events
   where source = $1::text and event_id = $2::text`;

const ASSET = `
  select asset.id, asset.title, asset.status, asset.playback_url, asset.failure_reason,
         change.applied, change.from_status, change.to_status
    from portal.asset_events as change
    join portal.assets as asset on asset.id = change.asset_id
   where change.source = $1::text and change.event_id = $2::text`;

const NOTIFICATIONS = `
  select notification.id, notification.kind, coalesce(member.name, notification.recipient) as name,
         notification.mail_status, notification.mail_attempts
    from portal.notifications as notification
    left join portal.users as member on member.id = notification.user_id
   where notification.source = $1::text and notification.event_id = $2::text
   order by notification.kind, name`;

/** Needs no provider: only events of the mail provider are recorded with a mail. */
const DELIVERY = `
  select notification.kind, coalesce(member.email, notification.recipient) as address,
         notification.delivery_status, notification.delivery_reason
    from portal.notifications as notification
    left join portal.users as member on member.id = notification.user_id
   where notification.delivery_event_id = $1::text`;

const ADDRESSES = `
  select incident.address, incident.kind as incident,
         coalesce(suppression.suppressed, false) as suppressed, suppression.reason
    from portal.email_incidents as incident
    left join portal.email_suppressions as suppression using (address)
   where incident.source = $1::text and incident.event_id = $2::text
   order by address`;

const OUTBOX = `
  select entry.id, entry.published_at is not null as published
    from portal.webhook_events as event
    cross join lateral
         jsonb_array_elements_text(coalesce(event.effects -> 'outbox', '[]')) as effect (id)
    join portal.outbox as entry on entry.id = effect.id::uuid
   where event.source = $1::text and event.event_id = $2::text`;

export interface InspectDeps {
  readonly pool: pg.Pool;
  readonly busEvents: () => readonly BusEvent[];
  readonly mails: () => readonly SentMail[];
}

export type Inspect = (source: string, eventId: string) => Promise<Consequences>;

export function makeInspect({ pool, busEvents, mails }: InspectDeps): Inspect {
  return async function inspect(source, eventId) {
    const { ledger, asset, delivery, addresses, notifications, outbox } = await readEffects(pool, [
      source,
      eventId,
    ]);
    const ids = new Set(notifications.rows.map(({ id }) => id));
    const published = new Set(outbox.rows.map(({ id }) => id));
    return {
      ledger: ledger.rows[0],
      asset: asset.rows[0],
      delivery: delivery.rows[0],
      addresses: addresses.rows,
      notifications: notifications.rows,
      mails: mails().filter(({ idempotencyKey = '' }) => ids.has(idempotencyKey)),
      domainEvents: busEvents().filter(({ detail }) => published.has(String(detail['id']))),
      complete:
        ledger.rows.length > 0 &&
        notifications.rows.every(({ mail_status }) => mail_status !== 'pending') &&
        outbox.rows.every((entry) => entry.published),
    };
  };
}

/**
 * Reads all tables from one snapshot. An event that commits between two statements would otherwise
 * have a ledger row and no effects.
 */
async function readEffects(pool: pg.Pool, event: readonly [source: string, eventId: string]) {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const ledger = await client.query<LedgerRow>(LEDGER, [...event]);
    const asset = await client.query<AssetRow>(ASSET, [...event]);
    const delivery = await client.query<DeliveryRow>(DELIVERY, [event[1]]);
    const addresses = await client.query<AddressRow>(ADDRESSES, [...event]);
    const notifications = await client.query<NotificationRow>(NOTIFICATIONS, [...event]);
    const outbox = await client.query<{ id: string; published: boolean }>(OUTBOX, [...event]);
    await client.query('commit');
    client.release();
    return { ledger, asset, delivery, addresses, notifications, outbox };
  } catch (error) {
    client.release(true);
    throw error;
  }
}

const POLL_MS = 25;

/**
 * Waits until the event is processed and its mails and domain events are sent.
 * Returns the consequences so far after `limitMs`.
 */
export async function waitUntilComplete(
  inspect: Inspect,
  source: string,
  eventId: string,
  limitMs = 10_000,
) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const consequences = await inspect(source, eventId);
    if (consequences.complete || Date.now() > deadline) return consequences;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
