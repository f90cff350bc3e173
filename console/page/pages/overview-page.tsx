import type { EventLine } from '../../../lambdas/operations/event-story/event-line.ts';
import { type Backlog, useShell } from '../app/context.ts';
import { Link } from '../app/router.tsx';
import { ChartSection } from '../charts/chart-section.tsx';
import { eventColumns } from '../events/event-columns.tsx';
import { eventKey } from '../events/event-key.ts';
import { Rows } from '../lists/data-table.tsx';
import { useList } from '../lists/use-list.ts';
import { EmptyState, LoadState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { ReconciliationSection } from './reconciliation-section.tsx';

interface Tile {
  readonly label: string;
  readonly to: string;
  readonly count: (backlog: Backlog) => number;
  /** True if a count above zero asks for an operator. */
  readonly isAlarming: boolean;
}

const sumOf = (backlog: Backlog, name: 'waiting' | 'deadLetters') =>
  backlog.queues.reduce((total, queue) => total + queue[name], 0);

const tiles: readonly Tile[] = [
  {
    label: 'In the queues',
    to: '/events',
    count: (one) => sumOf(one, 'waiting'),
    isAlarming: false,
  },
  {
    label: 'Failed, being retried',
    to: '/events?status=failed',
    count: ({ failedEvents }) => failedEvents,
    isAlarming: true,
  },
  {
    label: 'Exhausted',
    to: '/events?status=exhausted',
    count: ({ exhaustedEvents }) => exhaustedEvents,
    isAlarming: true,
  },
  {
    label: 'Dead letters',
    to: '/dead-letters',
    count: (one) => sumOf(one, 'deadLetters'),
    isAlarming: true,
  },
  {
    label: 'Failed mails',
    to: '/mails',
    count: ({ failedMails }) => failedMails,
    isAlarming: true,
  },
  {
    label: 'Domain events set aside',
    to: '/outbox',
    count: ({ outboxSetAside }) => outboxSetAside,
    isAlarming: true,
  },
  { label: 'Failed jobs', to: '/jobs', count: ({ failedJobs }) => failedJobs, isAlarming: true },
  {
    label: 'Suppressed addresses',
    to: '/suppressions',
    count: ({ suppressedAddresses }) => suppressedAddresses,
    isAlarming: false,
  },
];

export function OverviewPage() {
  const { backlog, context } = useShell();
  const open =
    backlog &&
    tiles
      .filter(({ isAlarming, count }) => isAlarming && count(backlog) > 0)
      .map(({ label }) => label);
  return (
    <>
      <PageHeader
        title="Overview"
        summary={
          open === undefined ? 'What waits for an operator is not read yet.' : summarize(open)
        }
      />
      <ul className="tiles">
        {tiles.map((tile) => (
          <li key={tile.label}>
            <TileLink tile={tile} backlog={backlog} />
          </li>
        ))}
      </ul>
      <ChartSection />
      <NewestEvents />
      <ReconciliationSection refreshMs={context.refreshMs} />
    </>
  );
}

function summarize(open: readonly string[]): string {
  if (open.length === 0) return 'Nothing waits for an operator.';
  return `Waits for an operator: ${open.join(', ').toLowerCase()}.`;
}

function TileLink({
  tile,
  backlog,
}: {
  readonly tile: Tile;
  readonly backlog: Backlog | undefined;
}) {
  const { label, to, count, isAlarming } = tile;
  const value = backlog && count(backlog);
  return (
    <Link to={to} className={isAlarming && value ? 'tile alarming' : 'tile'}>
      <span className="tile-value">{value ?? '–'}</span>
      <span className="tile-label">{label}</span>
    </Link>
  );
}

const NEWEST = 8;

function NewestEvents() {
  const { context } = useShell();
  const list = useList<EventLine>(
    {
      command: 'events list',
      given: { limit: NEWEST },
      field: 'events',
      refreshMs: context.refreshMs,
    },
    eventKey,
  );
  const { rows, error } = list;
  return (
    <section aria-labelledby="newest">
      <div className="section-header">
        <h2 id="newest">Newest events</h2>
        <Link to="/events">All events</Link>
      </div>
      <LoadState isLoaded={rows !== undefined} error={error} />
      {rows === undefined ? null : rows.length === 0 ? (
        <EmptyState title="No events yet" />
      ) : (
        <Rows caption="Newest events" columns={eventColumns} rows={rows} keyOf={eventKey} />
      )}
    </section>
  );
}
