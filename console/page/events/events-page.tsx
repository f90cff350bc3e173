import { useState } from 'react';
import type { EventLine } from '../../../lambdas/operations/event-story/event-line.ts';
import { useShell } from '../app/context.ts';
import { useAddress } from '../app/router.tsx';
import { DataTable } from '../lists/data-table.tsx';
import { type PagedList, useList } from '../lists/use-list.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { eventColumns } from './event-columns.tsx';
import { EventFilter, type Filter, filterNames, readFilter } from './event-filter.tsx';
import { eventKey } from './event-key.ts';

/** Lists events as they arrive, newest first. */
export function EventsPage() {
  const { context } = useShell();
  const { parameters } = useAddress();
  const [isPaused, setPaused] = useState(false);
  const filter = readFilter(parameters);
  const query = { ...feedOf(filter, context.refreshMs), field: 'events', isPaused };
  const list = useList<EventLine>(query, eventKey);
  const isFiltered = filterNames.some((name) => filter[name] !== '');
  return (
    <>
      <PageHeader
        title="Events"
        summary={<FeedState list={list} isPaused={isPaused} isSearch={filter.text !== ''} />}
      >
        <button
          type="button"
          aria-pressed={isPaused}
          className="pause"
          onClick={() => {
            setPaused(!isPaused);
            if (isPaused) void list.reload();
          }}
        >
          {isPaused ? 'Resume' : 'Pause'}
        </button>
      </PageHeader>
      <EventFilter filter={filter} />
      <DataTable
        caption="Events, newest first"
        columns={eventColumns}
        list={list}
        keyOf={eventKey}
        empty={isFiltered ? <NoMatch /> : <NoEvents />}
      />
    </>
  );
}

/** The audit log records each search in bodies, so its list does not update by itself. */
function feedOf({ status, text, ...others }: Filter, refreshMs: number) {
  const given = { ...others, status: status === '' ? undefined : status.split(',') };
  return text === ''
    ? ({ command: 'events list', given, refreshMs } as const)
    : ({ command: 'events search', given: { ...given, text }, refreshMs: undefined } as const);
}

interface FeedStateProps {
  readonly list: PagedList<EventLine>;
  readonly isPaused: boolean;
  readonly isSearch: boolean;
}

function FeedState({ list, isPaused, isSearch }: FeedStateProps) {
  if (isSearch) return <span>A search in bodies. The audit log records it.</span>;
  if (list.error !== undefined) return <span>Not live: the newest reading failed.</span>;
  if (!isPaused) return <span className="live">Live: new events appear here by themselves.</span>;
  const { newRows } = list;
  const count = newRows === 0 ? 'Nothing new since then.' : `${newRows} new since then.`;
  return <span role="status">{`Paused. ${count}`}</span>;
}

const NoMatch = () => (
  <EmptyState title="No event matches these filters">
    Bodies are kept for a limited time, so a search in bodies finds recent events only.
  </EmptyState>
);

function NoEvents() {
  const { context } = useShell();
  return (
    <EmptyState title="No events yet">
      {context.target.kind === 'local' ? (
        <>
          Send one from another terminal: <code>npm run send -- mux video.asset.ready</code>
        </>
      ) : (
        'Events of the providers appear here as soon as they are processed.'
      )}
    </EmptyState>
  );
}
