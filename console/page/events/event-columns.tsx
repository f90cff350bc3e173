import type { EventLine } from '../../../lambdas/operations/event-story/event-line.ts';
import { StatusBadge } from '../../../lambdas/operations/event-story/status-badge.tsx';
import { eventPath, Link } from '../app/router.tsx';
import { type Column, NO_VALUE } from '../lists/data-table.tsx';
import { ErrorText } from '../parts/error-text.tsx';
import { Time } from '../parts/time.tsx';

export const eventColumns: readonly Column<EventLine>[] = [
  {
    label: 'Event',
    kind: 'main',
    show: ({ provider, event, type }) => (
      <>
        <Link to={eventPath(provider, event)} className="row-link">
          {type}
        </Link>
        <span className="under code">{event}</span>
      </>
    ),
  },
  { label: 'Status', show: ({ status }) => <StatusBadge status={status} /> },
  { label: 'Provider', show: ({ provider }) => provider },
  { label: 'Received', show: ({ receivedAt }) => <Time at={receivedAt} /> },
  { label: 'Attempts', kind: 'number', show: ({ attempts }) => attempts },
  { label: 'Redrives', kind: 'number', show: ({ redrives }) => redrives },
  {
    label: 'Error',
    show: ({ error }) => (error === null ? NO_VALUE : <ErrorText text={error} />),
  },
];
