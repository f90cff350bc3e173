import type {
  EventReport,
  ReplayReport,
} from '../../../lambdas/operations/event-story/event-report.ts';
import { formatDuration } from '../../../lambdas/operations/event-story/event-story.ts';

/** Shows the state of the newest replay. */
export function ReplayOutcome({ replayResults }: Pick<EventReport, 'replayResults'>) {
  const newest = replayResults.at(-1);
  if (newest === undefined) return null;
  const { tone, text } = describe(newest);
  return (
    <p className={`outcome ${tone}`} role="status">
      {text}
    </p>
  );
}

function describe(replay: ReplayReport): { readonly tone: string; readonly text: string } {
  const { status, requestedAt, processedAt, errorCode, errorMessage } = replay;
  const error = [errorCode, errorMessage].filter(Boolean).join(': ');
  switch (status) {
    case 'processed': {
      const time =
        processedAt === null
          ? 0
          : new Date(processedAt).getTime() - new Date(requestedAt).getTime();
      return { tone: 'good', text: `The newest replay was processed in ${formatDuration(time)}.` };
    }
    case 'failed':
      return { tone: 'bad', text: `The newest replay failed and is retried. ${error}` };
    case 'exhausted':
      return { tone: 'bad', text: `The newest replay failed. ${error}` };
    case 'closed':
      return { tone: 'neutral', text: `The newest replay was closed. ${error}` };
    default:
      return { tone: 'warning', text: 'A replay waits in the queue…' };
  }
}
