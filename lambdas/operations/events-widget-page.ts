import { ageMs } from '../platform/age.ts';
import type { EventReport } from './event-story/event-report.ts';
import { eventSummary } from './event-story/event-summary.tsx';
import { html, jsonText, type SafeHtml } from './safe-html.ts';

/** A failed or exhausted event, redacted. */
export interface OpenEventLine {
  readonly provider: string;
  readonly event: string;
  readonly type: string;
  readonly status: string;
  readonly receivedAt: string;
  readonly attempts: number;
  readonly error: string | null;
}

export interface OpenEvents {
  readonly events: readonly OpenEventLine[];
  /** True if more events exist than are listed. */
  readonly hasMore: boolean;
}

/** Part of the page that depends on the deployment. */
export interface WidgetDeployment {
  /** ARN of the widget's own function, which the buttons call that only read. */
  readonly endpoint: string;
  /** ARN of the function that the replay buttons call. */
  readonly replayEndpoint: string;
  readonly stage: string;
}

export function openEventsPage(
  { events, hasMore }: OpenEvents,
  deployment: WidgetDeployment,
  now: Date,
): SafeHtml {
  const { endpoint, stage } = deployment;
  const listCommand = `npm run ops -- events list --status exhausted --stage ${stage}`;
  const list =
    events.length === 0
      ? paragraph('No failed or exhausted events.')
      : eventTable(events, deployment, now);
  const more = html`<p>More events exist. List all of them: <code>${listCommand}</code></p>`;
  return html`${styles}${searchForm(endpoint)}${list}${hasMore ? more : html``}`;
}

const styles = html`<style>
.mm-error { overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 8px 0 16px; }
.facts dt { opacity: 0.75; }
.facts dd { margin: 0; font-weight: 600; }
.story { list-style: none; margin: 0; padding: 0; }
.step { display: grid; grid-template-columns: 190px 1fr; gap: 12px; margin-bottom: 8px; }
.step p { margin: 0; overflow-wrap: anywhere; }
.step-since { display: block; opacity: 0.75; }
.step.bad .step-title { font-weight: 600; }
.mm-search { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 8px; }
</style>`;

/** CloudWatch sends the fields of every form with each call, whichever button is clicked. */
function searchForm(endpoint: string): SafeHtml {
  return html`<form class="mm-search">
<label for="mm-event">Event id</label>
<input id="mm-event" name="event" size="40" autocomplete="off">
<a class="btn btn-primary">Show event</a>${callAction(endpoint, { action: 'search' })}
<label for="mm-reason">Reason for a replay (audit log)</label>
<input id="mm-reason" name="reason" size="40" maxlength="300">
</form>`;
}

const eventTable = (events: readonly OpenEventLine[], deployment: WidgetDeployment, now: Date) =>
  html`<table><thead><tr>${tableHead}</tr></thead>
<tbody>${events.map((event) => eventRow(event, deployment, now))}</tbody></table>`;

const tableHead = ['Provider', 'Type', 'Event', 'Status', 'Age', 'Error', 'Replay'].map(
  (title) => html`<th>${title}</th>`,
);

function eventRow(
  line: OpenEventLine,
  { endpoint, replayEndpoint }: WidgetDeployment,
  now: Date,
): SafeHtml {
  const { provider, event, type, status, receivedAt, attempts, error } = line;
  const question = `Replay ${event} of ${provider}? Effects that were applied are not repeated.`;
  const replay = callAction(replayEndpoint, { action: 'replay', provider, event }, question);
  const show = callAction(endpoint, { action: 'show', provider, event });
  return html`<tr><td>${provider}</td><td>${type}</td>
<td><a class="mm-error">${event}</a>${show}</td>
<td>${status}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}</td>
<td title="${receivedAt}">${formatAge(receivedAt, now)}</td><td class="mm-error">${error}</td>
<td><a class="btn">Replay</a>${replay}</td></tr>`;
}

/**
 * Makes the element before it a button. The result opens in a popup: a result that replaced the
 * widget would be requested again by each refresh of the dashboard, and so would a replay.
 */
function callAction(endpoint: string, parameters: object, question?: string): SafeHtml {
  const confirmation = question === undefined ? html`` : html` confirmation="${question}"`;
  const call = html`action="call" display="popup" event="click" endpoint="${endpoint}"`;
  return html`<cwdb-action ${call}${confirmation}>${jsonText(parameters)}</cwdb-action>`;
}

/** @param reports Redacted report of the event from each provider that has it. */
export function eventDetailsPage(event: string, reports: readonly EventReport[]): SafeHtml {
  if (reports.length === 0)
    return html`<p>No provider has an event <code>${event}</code> in the ledger.</p>`;
  return html`${styles}${reports.map(eventSummary)}`;
}

export const paragraph = (text: string): SafeHtml => html`<p>${text}</p>`;

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

function formatAge(since: string, now: Date): string {
  const seconds = Math.round(ageMs(new Date(since), now) / 1000);
  const unit = units.find(([, length]) => seconds >= length);
  return unit === undefined ? `${seconds} s` : `${Math.floor(seconds / unit[1])} ${unit[0]}`;
}
