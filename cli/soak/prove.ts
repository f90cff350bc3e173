import { eventKey } from './deliver.ts';
import { type Ending, mailStatusAfter, type PlannedVideo } from './plan-videos.ts';

/** Everything that the tables, the bus and Resend hold after a run. */
export interface Facts {
  readonly ledger: readonly LedgerFact[];
  readonly videos: readonly { readonly id: string; readonly status: string }[];
  readonly notifications: readonly NotificationFact[];
  readonly outbox: readonly DomainEventFact[];
  /** Domain events as the bus received them, repeated ones included. */
  readonly bus: readonly Omit<DomainEventFact, 'published'>[];
  readonly mails: readonly MailFact[];
  readonly suppressed: readonly string[];
}

export interface LedgerFact {
  readonly source: string;
  readonly eventId: string;
  readonly status: string;
  readonly errorCode: string | null;
  readonly processedAt: Date | null;
}

export interface NotificationFact {
  readonly id: string;
  readonly kind: string;
  readonly videoId: string | null;
  readonly recipient: string;
  readonly mailStatus: string;
  readonly deliveryStatus: string | null;
  /** Suppressed address, if the notification is about one. */
  readonly address: string | null;
}

export interface DomainEventFact {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly published: boolean;
}

export interface MailFact {
  readonly idempotencyKey: string;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
}

/** Events of the plan that were accepted. */
export interface AcceptedEvents {
  readonly videos: readonly PlannedVideo[];
  readonly isAccepted: (provider: 'mux' | 'resend', eventId: string) => boolean;
}

export interface Proof {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly mailedTwice: readonly string[];
  /** Accepted events that the ledger holds as processed or ignored. */
  readonly applied: number;
  readonly notifications: number;
  readonly mails: number;
  readonly domainEvents: number;
  /** Publications of a domain event after its first, with the same id, which consumers ignore. */
  readonly repeatedPublications: number;
}

/** Compares the facts with the plan. Each finding is one sentence. */
export function prove({ videos, isAccepted }: AcceptedEvents, facts: Facts): Proof {
  const done = new Set(
    facts.ledger
      .filter(({ status }) => status === 'processed' || status === 'ignored')
      .map(({ source, eventId }) => eventKey(source, eventId)),
  );
  const accepted = videos.flatMap(({ assetEvents, mailEvents }) => [
    ...assetEvents.filter(({ id }) => isAccepted('mux', id)).map((one) => ['mux', one] as const),
    ...mailEvents
      .filter(({ id }) => isAccepted('resend', id))
      .map((one) => ['resend', one] as const),
  ]);
  const statuses = new Map(
    facts.ledger.map((row) => [eventKey(row.source, row.eventId), describeLedger(row)]),
  );
  const lostEvents = accepted
    .map(([provider, { id, type }]) => ({ key: eventKey(provider, id), type }))
    .filter(({ key }) => !done.has(key))
    .map(({ key, type }) => `event ${key} (${type}): ${statuses.get(key) ?? 'no ledger row'}`);
  const complete = videos.filter(({ assetEvents }) =>
    assetEvents.every(({ id }) => isAccepted('mux', id)),
  );
  const busIds = new Set(facts.bus.map(({ id }) => id));
  return {
    lost: [
      ...lostEvents,
      ...wrongVideos(complete, facts),
      ...wrongDeliveries(complete, facts, isAccepted),
      ...missingMails(facts),
      ...facts.outbox
        .filter(({ id }) => !busIds.has(id))
        .map(({ id, type, subject }) => `domain event ${type} ${id} of ${subject}: not on the bus`),
    ],
    doubled: [...doubledNotifications(facts), ...doubledDomainEvents(facts)],
    mailedTwice: mailedTwice(facts),
    applied: accepted.length - lostEvents.length,
    notifications: facts.notifications.length,
    mails: facts.mails.length,
    domainEvents: busIds.size,
    repeatedPublications: facts.bus.length - busIds.size,
  };
}

const describeLedger = ({ status, errorCode }: LedgerFact): string =>
  errorCode === null ? status : `${status}, ${errorCode}`;

/** Notifications and domain event of each ending. A deleted video may never have been ready. */
const effectsOf: Readonly<Record<Ending, { readonly kinds: readonly string[]; event?: string }>> = {
  ready: { kinds: ['asset.ready'], event: 'asset.ready' },
  failed: { kinds: ['asset.failed', 'asset.failed.admin'], event: 'asset.failed' },
  cancelled: { kinds: ['asset.cancelled'], event: 'asset.cancelled' },
  deleted: { kinds: [] },
  'awaiting-upload': { kinds: [] },
};

function wrongVideos(complete: readonly PlannedVideo[], facts: Facts): readonly string[] {
  const statuses = new Map(facts.videos.map(({ id, status }) => [id, status]));
  const notified = new Set(facts.notifications.map(({ videoId, kind }) => `${videoId} ${kind}`));
  const published = new Set(facts.outbox.map(({ type, subject }) => `${type} ${subject}`));
  return complete.flatMap(({ id, title, ending }) => {
    const status = statuses.get(id) ?? 'no row';
    const { kinds, event } = effectsOf[ending];
    return [
      ...(status === ending ? [] : [`${title} has the status ${status}, expected ${ending}`]),
      ...kinds
        .filter((kind) => !notified.has(`${id} ${kind}`))
        .map((kind) => `${title} has no notification ${kind}`),
      ...(event === undefined || published.has(`${event} ${id}`)
        ? []
        : [`${title} has no domain event ${event}`]),
    ];
  });
}

/** Compares the status of each mail, and the suppression after a complaint. */
function wrongDeliveries(
  complete: readonly PlannedVideo[],
  facts: Facts,
  isAccepted: AcceptedEvents['isAccepted'],
): readonly string[] {
  const statuses = new Map(
    facts.notifications.map(({ recipient, deliveryStatus }) => [recipient, deliveryStatus]),
  );
  const suppressed = new Set(facts.suppressed);
  const reported = new Set(facts.notifications.map(({ address }) => address));
  const withMail = complete.filter(
    ({ mailEvents }) =>
      mailEvents.length > 0 && mailEvents.every(({ id }) => isAccepted('resend', id)),
  );
  return withMail.flatMap((video) => {
    const { title, address } = video;
    const expected = mailStatusAfter(video);
    const status = statuses.get(address);
    return [
      ...(status === expected ? [] : [`The mail about ${title} is ${status}, not ${expected}`]),
      ...(expected === 'complained' && !suppressed.has(address)
        ? [`${address} complained and is not suppressed`]
        : []),
      ...(expected === 'complained' && !reported.has(address)
        ? [`${address} is suppressed and support was not notified`]
        : []),
    ];
  });
}

function missingMails({ notifications, mails }: Facts): readonly string[] {
  const sent = new Set(mails.map(({ idempotencyKey }) => idempotencyKey));
  return notifications
    .filter(({ id, mailStatus }) => !sent.has(id) && mailStatus !== 'suppressed')
    .map(({ id, kind, recipient, mailStatus }) => {
      return `mail ${kind} ${id} to ${recipient}: ${mailStatus}, not at Resend`;
    });
}

const doubledNotifications = ({ notifications }: Facts): readonly string[] =>
  repeated(
    notifications,
    ({ kind, videoId, recipient, address }) =>
      `notification ${kind} to ${recipient} about ${videoId ?? address}`,
  );

/** Counts ids, because a repeated publication has the id of the first. */
const doubledDomainEvents = ({ bus }: Facts): readonly string[] => {
  const distinct = [...new Map(bus.map((one) => [one.id, one])).values()];
  return repeated(distinct, ({ type, subject }) => `domain event ${type} of ${subject}`);
};

/** Counts by content, because a mail with the same idempotency key is not sent again. */
const mailedTwice = ({ mails }: Facts): readonly string[] =>
  repeated(mails, ({ kind, recipient, subject }) => `mail ${kind} to ${recipient}: ${subject}`);

function repeated<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly string[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([key, count]) => `${key}: ${count} times`);
}
