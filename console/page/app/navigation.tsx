import { useEffect, useRef } from 'react';
import { timeZone } from '../parts/time.tsx';
import type { Backlog } from './context.ts';
import { useShell } from './context.ts';
import { type Address, Link } from './router.tsx';

interface Item {
  readonly area: string;
  readonly label: string;
  /** Number that asks for an operator. */
  readonly count?: (backlog: Backlog) => number;
}

const deadLetters = ({ queues }: Backlog) =>
  queues.reduce((total, { deadLetters: count }) => total + count, 0);

const items: readonly Item[] = [
  { area: '', label: 'Overview' },
  {
    area: 'events',
    label: 'Events',
    count: ({ failedEvents, exhaustedEvents }) => failedEvents + exhaustedEvents,
  },
  { area: 'mails', label: 'Mails', count: ({ failedMails }) => failedMails },
  { area: 'jobs', label: 'Jobs', count: ({ failedJobs }) => failedJobs },
  { area: 'outbox', label: 'Outbox', count: ({ outboxSetAside }) => outboxSetAside },
  { area: 'dead-letters', label: 'Dead letters', count: deadLetters },
  { area: 'suppressions', label: 'Suppressions' },
  { area: 'uploads', label: 'Uploads' },
];

interface NavigationProps {
  readonly address: Address;
  readonly isConnected: boolean;
}

export function Navigation({ address: { parts }, isConnected }: NavigationProps) {
  const { context, backlog } = useShell();
  const { target } = context;
  const name = target.kind === 'local' ? 'This machine' : target.stage;
  const list = useRef<HTMLUListElement>(null);
  const area = parts[0] ?? '';
  const isCounted = backlog !== undefined;
  const zone = timeZone();
  // biome-ignore lint/correctness/useExhaustiveDependencies: areas and counts move the current link
  useEffect(() => {
    const current = list.current?.querySelector('[aria-current]');
    if (current instanceof HTMLElement) showInRow(current);
  }, [area, isCounted]);
  return (
    <header className="side">
      <div className="brand">
        <strong>Webhooks</strong>
        <span className={`target ${target.kind}`}>{name}</span>
      </div>
      <nav aria-label="Pages">
        <ul ref={list} onFocus={({ target }) => showInRow(target)}>
          {items.map(({ area: path, label, count }) => (
            <li key={path}>
              <Link to={`/${path}`} isCurrent={path === area}>
                {label}
                <Count value={backlog && count ? count(backlog) : 0} />
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <p className={isConnected ? 'connection' : 'connection lost'}>
        {isConnected ? 'Connected' : 'Readings fail'}
        <span className="host">{new URL(target.url).host}</span>
        <span className="zone" title={`Times are in ${zone.place}`}>
          <span className="zone-words">Times in </span>
          {zone.name}
        </span>
      </p>
    </header>
  );
}

/** A browser leaves a link alone that is partly visible in the row of a narrow window. */
const showInRow = (link: HTMLElement) =>
  link.scrollIntoView({ block: 'nearest', inline: 'center' });

function Count({ value }: { readonly value: number }) {
  if (value === 0) return null;
  return (
    <span className="count">
      {value > 999 ? '999+' : value}
      <span className="unseen"> need attention</span>
    </span>
  );
}
