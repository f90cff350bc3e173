import { StatusBadge } from '../../../lambdas/operations/event-story/status-badge.tsx';
import type { SandboxMailLine } from '../../console-api.ts';
import { getJson, runCommand } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';
import { Link } from '../app/router.tsx';
import { usePolling } from '../app/use-polling.ts';
import { type Column, NO_VALUE, Rows } from '../lists/data-table.tsx';
import { EmptyState, LoadState } from '../parts/empty-state.tsx';
import { Time } from '../parts/time.tsx';
import type { MailLine } from './mail-line.ts';

interface Mails {
  readonly mails: readonly SandboxMailLine[];
  readonly deliveries: ReadonlyMap<string, string | null>;
}

/** Requests whose delivery the list shows; older mails show theirs on their own page. */
const NEWEST_REQUESTS = 200;

async function readMails(): Promise<Mails> {
  const [{ mails }, { mails: requests }] = await Promise.all([
    getJson<{ mails: readonly SandboxMailLine[] }>('mails'),
    runCommand<{ mails: readonly MailLine[] }>('mails list', {
      status: 'all',
      limit: NEWEST_REQUESTS,
    }),
  ]);
  return { mails, deliveries: new Map(requests.map(({ id, delivery }) => [id, delivery])) };
}

export function SandboxMails() {
  const { context } = useShell();
  const { data, error } = usePolling<Mails>('sandbox', readMails, context.refreshMs);
  if (data === undefined) return <LoadState isLoaded={false} error={error} />;
  const { mails, deliveries } = data;
  return (
    <>
      <LoadState isLoaded error={error} />
      {mails.length === 0 ? (
        <EmptyState title="The sandbox holds no mail yet">
          An event that concerns a member causes one:{' '}
          <code>npm run send -- mux video.asset.ready</code>
        </EmptyState>
      ) : (
        <Rows
          caption="Mails of the sandbox, newest first"
          columns={columnsOf(deliveries)}
          rows={mails}
          keyOf={({ id }) => id}
        />
      )}
    </>
  );
}

const columnsOf = (deliveries: Mails['deliveries']): readonly Column<SandboxMailLine>[] => [
  {
    label: 'Subject',
    kind: 'main',
    show: ({ id, subject, to }) => (
      <>
        <Link to={`/mails/${id}`}>{subject}</Link>
        <span className="under">{to.join(', ')}</span>
      </>
    ),
  },
  {
    label: 'Delivery',
    show: ({ notification }) => {
      const delivery = deliveries.get(notification ?? '');
      return delivery ? <StatusBadge status={delivery} /> : NO_VALUE;
    },
  },
  { label: 'Sent', show: ({ at }) => <Time at={at} /> },
];
