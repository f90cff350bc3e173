import type {
  EventReport,
  ReportedDomainEvent,
  ReportedMail,
} from '../../../lambdas/operations/event-story/event-report.ts';
import { StatusBadge } from '../../../lambdas/operations/event-story/status-badge.tsx';
import { Link } from '../app/router.tsx';

/** Lists the effects of an event: states before and after, mails, domain events. */
export function EventEffects({ report }: { readonly report: EventReport }) {
  const { stateChanges, notifications, domainEvents } = report;
  if (stateChanges.length + notifications.length + domainEvents.length === 0) return null;
  return (
    <section aria-labelledby="effects">
      <h2 id="effects">Effects</h2>
      <ul className="effects">
        {stateChanges.map(({ asset, title, from, to, applied }) => (
          <li key={`${asset} ${from} ${to}`}>
            <span className="effect-kind">Video</span>
            <span className="effect-name">
              <Link to={`/events?asset=${asset}`}>{title ?? asset}</Link>
            </span>
            <span className="effect-state">
              <StatusBadge status={from} />
              {applied ? ' → ' : ' stays, not '}
              <StatusBadge status={to} />
            </span>
          </li>
        ))}
        {notifications.map((mail) => (
          <MailEffect key={mail.id} mail={mail} />
        ))}
        {domainEvents.map((entry) => (
          <DomainEventEffect key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

function MailEffect({ mail }: { readonly mail: ReportedMail }) {
  return (
    <li>
      <span className="effect-kind">Mail</span>
      <span className="effect-name">
        <Link to={`/mails/${mail.id}`}>{mail.kind}</Link> to {mail.to}
      </span>
      <span className="effect-state">
        <StatusBadge status={mail.delivery ?? mail.mail} />
      </span>
    </li>
  );
}

function DomainEventEffect({ entry }: { readonly entry: ReportedDomainEvent }) {
  const { type, publishedAt, setAsideAt } = entry;
  const status = publishedAt !== null ? 'published' : setAsideAt !== null ? 'set-aside' : 'waiting';
  return (
    <li>
      <span className="effect-kind">Domain event</span>
      <span className="effect-name">{type}</span>
      <span className="effect-state">
        <StatusBadge status={status} />
      </span>
    </li>
  );
}
