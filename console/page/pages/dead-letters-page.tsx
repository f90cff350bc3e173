import { runCommand } from '../app/api-client.ts';
import { eventPath, Link } from '../app/router.tsx';
import { usePolling } from '../app/use-polling.ts';
import { type Column, Rows } from '../lists/data-table.tsx';
import { ActionButton } from '../parts/action-button.tsx';
import { EmptyState, LoadState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { Time } from '../parts/time.tsx';

interface Letter {
  readonly event: string;
  readonly type: string;
  readonly receivedAt: string;
}

interface DeadLetterQueue {
  readonly provider: string;
  /** Letters in flight included. */
  readonly waiting: number;
  /** First letters of the queue; SQS cannot list the others. */
  readonly first: readonly Letter[];
}

interface RedriveResult {
  readonly queues: readonly {
    readonly redriven: number;
    readonly exhausted: number;
    readonly discarded: number;
    readonly rejected: number;
  }[];
}

/** Reading dead letters hides them from the redrive job for a second. */
const EVERY_MS = 15_000;

export function DeadLettersPage() {
  const { data, error, reload } = usePolling<{ readonly queues: readonly DeadLetterQueue[] }>(
    'dead-letters',
    () => runCommand('dead-letters list'),
    EVERY_MS,
  );
  return (
    <>
      <PageHeader
        title="Dead letters"
        summary="Messages that failed three receives. A job sends them back every five minutes."
      />
      <LoadState isLoaded={data !== undefined} error={error} />
      {data?.queues.map((queue) => (
        <Queue key={queue.provider} queue={queue} onRedriven={reload} />
      ))}
    </>
  );
}

interface QueueProps {
  readonly queue: DeadLetterQueue;
  readonly onRedriven: () => Promise<void>;
}

function Queue({ queue: { provider, waiting, first }, onRedriven }: QueueProps) {
  const redrive = async (reason: string) => {
    const { queues } = await runCommand<RedriveResult>('dead-letters redrive', {
      provider,
      reason,
    });
    await onRedriven();
    return describe(queues);
  };
  return (
    <section aria-labelledby={`queue-${provider}`} className="queue">
      <div className="section-header">
        <h2 id={`queue-${provider}`}>
          {provider} <span className="muted">{waiting}</span>
        </h2>
        <ActionButton
          label="Redrive"
          name={`Redrive the dead letters of ${provider}`}
          title={`Redrive the dead letters of ${provider}?`}
          description={<p>Up to 100 messages return to their queue and are processed again.</p>}
          reasonRequired
          tone="primary"
          disabled={waiting === 0}
          run={redrive}
        />
      </div>
      {first.length === 0 ? (
        <EmptyState title={waiting === 0 ? 'No dead letters' : 'The letters are in flight'} />
      ) : (
        <Rows
          caption={`First dead letters of ${provider}`}
          columns={columnsOf(provider)}
          rows={first}
          keyOf={({ event, receivedAt }) => `${event} ${receivedAt}`}
        />
      )}
    </section>
  );
}

const columnsOf = (provider: string): readonly Column<Letter>[] => [
  {
    label: 'Event',
    kind: 'main',
    show: ({ event, type }) => (
      <>
        <Link to={eventPath(provider, event)}>{type}</Link>
        <span className="under code">{event}</span>
      </>
    ),
  },
  { label: 'Received', show: ({ receivedAt }) => <Time at={receivedAt} /> },
];

function describe(queues: RedriveResult['queues']): string {
  const total = (name: 'redriven' | 'exhausted' | 'discarded' | 'rejected') =>
    queues.reduce((sum, queue) => sum + queue[name], 0);
  return (
    `${total('redriven')} sent back, ${total('exhausted')} exhausted, ` +
    `${total('discarded')} deleted, ${total('rejected')} not accepted by the queue.`
  );
}
