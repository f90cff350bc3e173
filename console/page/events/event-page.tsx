import { EventFacts } from '../../../lambdas/operations/event-story/event-facts.tsx';
import type { EventReport } from '../../../lambdas/operations/event-story/event-report.ts';
import { eventStory } from '../../../lambdas/operations/event-story/event-story.ts';
import { StoryTimeline } from '../../../lambdas/operations/event-story/story-timeline.tsx';
import { ApiError, runCommand } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';
import { Link } from '../app/router.tsx';
import { usePolling } from '../app/use-polling.ts';
import { CopyButton } from '../parts/controls.tsx';
import { EmptyState, LoadState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { EventBody } from './event-body.tsx';
import { EventEffects } from './event-effects.tsx';
import { ReplayButton } from './replay-button.tsx';
import { ReplayOutcome } from './replay-outcome.tsx';

interface EventPageProps {
  readonly provider: string;
  readonly event: string;
}

type Found = EventReport | 'not-found';

async function readEvent(key: EventPageProps): Promise<Found> {
  try {
    return await runCommand<EventReport>('events show', key);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return 'not-found';
    throw error;
  }
}

/** Tells the story of one event. */
export function EventPage({ provider, event }: EventPageProps) {
  const { context } = useShell();
  const { data, error, reload } = usePolling<Found>(
    `${provider} ${event}`,
    () => readEvent({ provider, event }),
    context.refreshMs,
  );
  if (data === undefined)
    return (
      <>
        <PageHeader title={<span className="code">{event}</span>} summary={<BackLink />} />
        <LoadState isLoaded={false} error={error} />
      </>
    );
  if (data === 'not-found') return <NotFound provider={provider} event={event} />;
  return (
    <>
      <PageHeader title={data.type} summary={<Summary report={data} />}>
        <CopyButton text={() => location.href}>Copy link</CopyButton>
        <ReplayButton report={data} onReplayed={reload} />
      </PageHeader>
      <LoadState isLoaded error={error} />
      <EventFacts report={data} formatTime={formatFull} />
      <ReplayOutcome replayResults={data.replayResults} />
      <div className="event">
        <section aria-labelledby="story">
          <h2 id="story">Story</h2>
          <StoryTimeline steps={eventStory(data)} formatTime={formatClock} />
        </section>
        <div className="event-side">
          <EventEffects report={data} />
          <EventBody report={data} />
        </div>
      </div>
    </>
  );
}

const BackLink = () => <Link to="/events">All events</Link>;

function Summary({ report }: { readonly report: EventReport }) {
  return (
    <>
      <BackLink />
      <span className="code event-id">{report.event}</span>
      <CopyButton text={report.event}>Copy id</CopyButton>
    </>
  );
}

function NotFound({ provider, event }: EventPageProps) {
  return (
    <>
      <PageHeader title={<span className="code">{event}</span>} summary={<BackLink />} />
      <EmptyState title={`The ledger has no such event of ${provider}`}>
        An event appears after its first attempt. An event that still waits in the queue is not in
        the ledger yet.
      </EmptyState>
    </>
  );
}

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const formatFull = (at: string) => full.format(new Date(at));

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hour12: false,
});
const formatClock = (at: string) => clock.format(new Date(at));
