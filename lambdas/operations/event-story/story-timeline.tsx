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
            {detail ? <Detail text={detail} /> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Place in a file, as frames of V8 name it: https://v8.dev/docs/stack-trace-api */
const PLACE = String.raw`(?:file:\/\/|node:|\/)[^\s()]*:\d+:\d+`;

/** Begin of a frame. The ledger stores the stack of an error in the line of its message. */
const FRAME = new RegExp(String.raw`\s+at (?=${PLACE}(?:\s|$)|(?:async )?[^\s()]+ \(${PLACE}\))`);

/** Shows the stack of an error only on demand, one frame a line. */
function Detail({ text }: { readonly text: string }) {
  const [message = '', ...frames] = text.split(FRAME);
  return (
    <>
      <p className="step-detail">{message}</p>
      {frames.length === 0 ? null : (
        <details className="step-stack">
          <summary>Stack</summary>
          <pre>{frames.map((frame) => `at ${frame}`).join('\n')}</pre>
        </details>
      )}
    </>
  );
}
