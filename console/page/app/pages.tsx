import { useEffect } from 'react';
import { EventPage } from '../events/event-page.tsx';
import { EventsPage } from '../events/events-page.tsx';
import { DeadLettersPage } from '../pages/dead-letters-page.tsx';
import { JobsPage } from '../pages/jobs-page.tsx';
import { MailPage } from '../pages/mail-page.tsx';
import { MailsPage } from '../pages/mails-page.tsx';
import { OutboxPage } from '../pages/outbox-page.tsx';
import { OverviewPage } from '../pages/overview-page.tsx';
import { SuppressionsPage } from '../pages/suppressions-page.tsx';
import { UploadsPage } from '../pages/uploads-page.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { useShell } from './context.ts';
import { Link, useAddress } from './router.tsx';

export function CurrentPage() {
  const { parts } = useAddress();
  const { context } = useShell();
  const [area = '', first, second] = parts;
  const title = [second ?? first, area || 'overview'].filter(Boolean).join(' · ');
  const place = context.target.kind === 'local' ? 'this machine' : context.target.stage;
  useEffect(() => {
    document.title = `${title} – ${place}`;
  }, [title, place]);

  switch (area) {
    case '':
      return <OverviewPage />;
    case 'events':
      return first !== undefined && second !== undefined ? (
        <EventPage key={`${first} ${second}`} provider={first} event={second} />
      ) : (
        <EventsPage />
      );
    case 'mails':
      return first === undefined ? <MailsPage /> : <MailPage key={first} id={first} />;
    case 'jobs':
      return <JobsPage name={first} />;
    case 'outbox':
      return <OutboxPage />;
    case 'dead-letters':
      return <DeadLettersPage />;
    case 'suppressions':
      return <SuppressionsPage />;
    case 'uploads':
      return <UploadsPage />;
    default:
      return (
        <>
          <PageHeader title="Not found" />
          <EmptyState title="This page does not exist">
            <Link to="/">Go to the overview</Link>
          </EmptyState>
        </>
      );
  }
}
