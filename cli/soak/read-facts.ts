import type { BusEvent } from '../../local/aws/eventbridge/bus-event.ts';
import type { SentMail } from '../../local/sandbox/resend-mails.ts';
import type { DomainEventFact, Facts, LedgerFact, MailFact, NotificationFact } from './prove.ts';
import {
  READ_LEDGER,
  READ_NOTIFICATIONS,
  READ_OUTBOX,
  READ_SUPPRESSED,
  READ_VIDEOS,
} from './soak.queries.ts';
import type { SoakWorld } from './world.ts';

/** Takes published entries of the outbox for the bus if its events did not outlive a kill. */
export async function readFacts({ local, query, busEvents }: SoakWorld): Promise<Facts> {
  const outbox = await query<DomainEventFact & Record<string, unknown>>(READ_OUTBOX);
  const notifications = await query<NotificationFact & Record<string, unknown>>(READ_NOTIFICATIONS);
  const suppressed = await query<{ address: string }>(READ_SUPPRESSED);
  return {
    ledger: await query<LedgerFact & Record<string, unknown>>(READ_LEDGER),
    videos: await query<{ id: string; status: string }>(READ_VIDEOS),
    notifications: notifications.filter(isOfSoak),
    outbox,
    bus: busEvents?.().flatMap(toBusFact) ?? outbox.filter(({ published }) => published),
    mails: local.resend.mails().map(toMailFact).filter(isAboutSoak),
    suppressed: suppressed.map(({ address }) => address),
  };
}

function toBusFact({ 'detail-type': type, detail }: BusEvent): Facts['bus'] {
  const subject = detail['notificationId'] ?? detail['assetId'] ?? detail['address'];
  return subject === undefined
    ? []
    : [{ id: String(detail['id']), type, subject: String(subject) }];
}

/** Leaves out reports to the reliability partner, each of which lists other events. */
const isOfSoak = ({ videoId, address }: NotificationFact) => videoId !== null || address !== null;

/** Matches the titles of the videos and the addresses of their owners. */
const isAboutSoak = ({ subject }: MailFact) => /soak[ -]/i.test(subject);

const toMailFact = ({ idempotencyKey = '', to, subject, tags }: SentMail): MailFact => ({
  idempotencyKey,
  kind: tags.find(({ name }) => name === 'kind')?.value ?? 'no kind',
  recipient: to.join(', '),
  subject,
});
