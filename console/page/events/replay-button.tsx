import type { EventReport } from '../../../lambdas/operations/event-story/event-report.ts';
import { runCommand } from '../app/api-client.ts';
import { ActionButton } from '../parts/action-button.tsx';

interface ReplayResult {
  readonly replayed: number;
  readonly withoutBody?: readonly object[];
  readonly sentLater?: readonly object[];
}

const replayable = ['failed', 'exhausted', 'closed', 'processed'];

interface ReplayButtonProps {
  readonly report: EventReport;
  readonly onReplayed: () => Promise<void>;
}

/** Replays one event. The event's page then shows the outcome. */
export function ReplayButton({ report, onReplayed }: ReplayButtonProps) {
  const { provider, event, status, hasBody } = report;
  const isReplayable = replayable.includes(status) && hasBody;
  const run = async (reason: string) => {
    const result = await runCommand<ReplayResult>('events replay', {
      provider,
      event,
      status,
      reason,
    });
    await onReplayed();
    return describeResult(result);
  };
  return (
    <ActionButton
      label="Replay"
      title="Replay this event?"
      tone="primary"
      disabled={!isReplayable}
      description={
        <p>
          <code>{event}</code> is processed again. Effects that were applied are not repeated.
        </p>
      }
      run={run}
    />
  );
}

function describeResult({ withoutBody, sentLater }: ReplayResult): string {
  if (withoutBody !== undefined) return 'The body was pruned, so the event cannot be replayed.';
  if (sentLater !== undefined)
    return 'The queue is unavailable. The retry job sends the replay within about an hour.';
  return 'The replay was sent to the queue.';
}
