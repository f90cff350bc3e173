import { renderToStaticMarkup } from 'react-dom/server';
import { SafeHtml } from '../safe-html.ts';
import { EventFacts } from './event-facts.tsx';
import type { EventReport } from './event-report.ts';
import { eventStory } from './event-story.ts';
import { StoryTimeline } from './story-timeline.tsx';

/** Renders facts and story of an event without a script. React escapes every value. */
export const eventSummary = (report: EventReport): SafeHtml =>
  new SafeHtml(
    renderToStaticMarkup(
      <>
        <h3>
          {report.type} <code>{report.event}</code>
        </h3>
        <EventFacts report={report} formatTime={formatTime} />
        <StoryTimeline steps={eventStory(report)} formatTime={formatTime} />
      </>,
    ),
  );

/** A dashboard has readers in several zones, so the time names its own. */
const formatTime = (at: string) =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
