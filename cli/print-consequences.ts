import type { Consequences } from '../local/postgres/inspect-event.ts';
import type { DeliveryAnswer } from '../local/sandbox/webhook.ts';

const LABEL_WIDTH = 14;

const row = (label: string, text: string) => `  ${label.padEnd(LABEL_WIDTH)}${text}`;

export function describeAnswers(answers: readonly DeliveryAnswer[]): readonly string[] {
  return answers.map(({ statusCode, body, tookMs }, index) =>
    row(
      index === 0 ? 'answer' : '',
      [statusCode, shortBody(body), `(${tookMs} ms)`].filter(Boolean).join(' '),
    ),
  );
}

const shortBody = (body: string) => body.slice(0, 100);

/** What an event did, one row each; rows about nothing are left out. */
export function describeConsequences(consequences: Consequences): readonly string[] {
  const { ledger, asset, delivery, addresses, notifications, mails, domainEvents, settled } =
    consequences;
  if (ledger === undefined) return [row('event', 'not processed yet; it waits in the queue')];
  const fault = ledger.error_code === null ? '' : `, ${ledger.error_code}: ${ledger.error_message}`;
  return [
    row('event', `${ledger.status} (attempt ${ledger.attempts}${fault})`),
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
    ...(settled
      ? []
      : [
          row(
            '',
            'Not everything has arrived yet; the relay job takes care of it within a minute.',
          ),
        ]),
  ];
}

function describeAsset(asset: NonNullable<Consequences['asset']>): readonly string[] {
  const { title, from_status, to_status, applied, status, playback_url, failure_reason } = asset;
  const change = applied
    ? `${from_status} → ${to_status}`
    : `stays ${status}; this event came too late to change it`;
  return [
    row('asset', `${title ?? 'untitled'}: ${change}`),
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
}: NonNullable<Consequences['delivery']>) {
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
  return row(
    'address',
    `${address}: ${incident}; ${suppressed ? `suppressed (${reason})` : 'still mailed'}`,
  );
}

/** A playback token lets anybody watch, and is several hundred characters long. */
export function shortenToken(url: string): string {
  return url.replace(/([?&]token=)([^&]{8})[^&]*/, '$1$2…');
}
