import type { StoryStep } from './event-story.ts';
import { formatDuration } from './event-story.ts';

interface StoryTimelineProps {
  readonly steps: readonly StoryStep[];
  /** Formats a time. */
  readonly formatTime: (at: string) => string;
}

/** Lists the steps of an event. Needs no script: the console and the dashboard's widget show it. */
export function StoryTimeline({ steps, formatTime }: StoryTimelineProps) {
  return (
    <ol className="story">
      {steps.map(({ at, tone, title, detail, sinceDeliveryMs }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have no id and never move
        <li key={index} className={`step ${tone}`}>
          <div className="step-time">
            <time dateTime={at}>{formatTime(at)}</time>
            <span className="step-since">
              {sinceDeliveryMs === 0 ? '' : `+${formatDuration(sinceDeliveryMs)}`}
            </span>
          </div>
          <div className="step-text">
            <p className="step-title">{title}</p>
            {detail ? <p className="step-detail">{detail}</p> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}
