import type { ReactNode } from 'react';
import type { EventReport } from './event-report.ts';
import { formatDuration } from './event-story.ts';
import { StatusBadge } from './status-badge.tsx';

interface EventFactsProps {
  readonly report: EventReport;
  /** Formats a time. */
  readonly formatTime: (at: string) => string;
}

/** Lists the main facts of an event. Needs no script. */
export function EventFacts({ report, formatTime }: EventFactsProps) {
  const { provider, status, receivedAt, processedAt, attempts, redrives, replays } = report;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Status', <StatusBadge key="status" status={status} />],
    ['Provider', provider],
    ['Received', formatTime(receivedAt)],
    ['Processed after', processedAt === null ? '–' : durationBetween(receivedAt, processedAt)],
    ['Attempts', attempts],
    ['Redrives', redrives],
    ['Replays', replays],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const durationBetween = (start: string, end: string) =>
  formatDuration(new Date(end).getTime() - new Date(start).getTime());
