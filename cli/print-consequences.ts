import type { Consequences } from '../local/postgres/inspect-event.ts';
import type { DeliveryResponse } from '../local/sandbox/webhook.ts';

const LABEL_WIDTH = 14;
const BODY_LENGTH = 100;

const row = (label: string, text: string) => `  ${label.padEnd(LABEL_WIDTH)}${text}`;

export function describeResponses(responses: readonly DeliveryResponse[]): readonly string[] {
  return responses.map(({ statusCode, body, tookMs }, index) =>
    row(
      index === 0 ? 'response' : '',
      [statusCode, body.slice(0, BODY_LENGTH), `(${tookMs} ms)`].filter(Boolean).join(' '),
    ),
  );
}

/** Describes the effects of an event, one per row. Has no rows for effects that did not happen. */
export function describeConsequences(consequences: Consequences): readonly string[] {
  const { ledger, asset, delivery, addresses, notifications, mails, domainEvents, complete } =
    consequences;
  if (ledger === undefined) return [row('event', 'not processed yet; it waits in the queue')];
  const error =
    ledger.error_code === null ? '' : `, ${ledger.error_code}: ${firstLine(ledger.error_message)}`;
  return [
    row('event', `${ledger.status} (attempt ${ledger.attempts}${error})`),
    ...(asset === undefined ? [] : describeAsset(asset)),
    ...(delivery === undefined ? [] : describeDelivery(delivery)),
    ...addresses.map(describeAddress),
    ...domainEvents.map((event) =>
      row('domain event', `${event['detail-type']} ${event.detail['id']}`),
    ),
    ...notifications.map(({ kind, name, mail_status }) =>
      row('notification', `${kind} for ${name}: mail ${mail_status}`),
    ),
    ...mails.map(({ to, subject }) => row('mail', `'${subject}' to ${to.join(', ')}`)),
    ...(complete
      ? []
      : [row('', 'Some effects are not complete. The relay job publishes them within a minute.')]),
  ];
}

const firstLine = (text: string | null) => text?.split('\n')[0] ?? '';

function describeAsset(asset: NonNullable<Consequences['asset']>): readonly string[] {
  const { title, from_status, to_status, applied, status, playback_url, failure_reason } = asset;
  const change = applied
    ? `${from_status} → ${to_status}`
    : `still ${status}; this event is older than the current status`;
  return [
    row('video', `${title ?? 'untitled'}: ${change}`),
    ...(applied && status === 'ready' && playback_url !== null
      ? [row('playback', shortenToken(playback_url))]
      : []),
    ...(applied && status === 'failed' && failure_reason !== null
      ? [row('reason', failure_reason)]
      : []),
  ];
}

function describeDelivery({
  kind,
  address,
  delivery_status,
  delivery_reason,
}: NonNullable<Consequences['delivery']>): readonly string[] {
  return [
    row('delivery', `${kind} to ${address}: ${delivery_status}`),
    ...(delivery_reason === null ? [] : [row('reason', delivery_reason)]),
  ];
}

function describeAddress({
  address,
  incident,
  suppressed,
  reason,
}: Consequences['addresses'][number]): string {
  const status = suppressed ? `suppressed (${reason})` : 'not suppressed';
  return row('address', `${address}: ${incident}; ${status}`);
}

/** Shortens a playback token: anybody can watch with a complete one, and it fills several lines. */
export function shortenToken(url: string): string {
  return url.replace(/([?&]token=)([^&]{8})[^&]*/, '$1$2…');
}
