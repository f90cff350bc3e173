import { ageMs } from '../platform/age.ts';
import { html, jsonText, type Markup } from './markup.ts';

/** An event that waits for somebody; texts are redacted. */
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
  /** There are more than are listed. */
  readonly more: boolean;
}

/** @param endpoint The widget's own function, which its buttons call. */
export function eventsPage({ events, more }: OpenEvents, endpoint: string, now: Date): Markup {
  return html`${styles}${searchForm(endpoint)}${
    events.length === 0
      ? html`<p>No event has failed.</p>`
      : html`<table><thead><tr><th>Provider</th><th>Type</th><th>Event</th><th>Status</th><th>Age</th><th>Error</th><th>Replay</th></tr></thead>
<tbody>${events.map((event) => eventRow(event, endpoint, now))}</tbody></table>`
  }${more ? html`<p>There are more. See all: <code>npm run ops -- events list --status exhausted</code></p>` : html``}`;
}

const styles = html`<style>
.mm-error { overflow-wrap: anywhere; }
.mm-search { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 8px; }
</style>`;

/** What is typed into a form comes with every button's call, wherever on the widget the button is. */
function searchForm(endpoint: string): Markup {
  return html`<form class="mm-search">
<label for="mm-event">Event id</label><input id="mm-event" name="event" size="40" autocomplete="off">
<a class="btn btn-primary">What did it do?</a>${call(endpoint, { action: 'search' })}
<label for="mm-reason">Reason for a replay, for the audit log</label><input id="mm-reason" name="reason" size="40" maxlength="300">
</form>`;
}

function eventRow(line: OpenEventLine, endpoint: string, now: Date): Markup {
  const { provider, event, type, status, receivedAt, attempts, error } = line;
  const question = `Replay ${event} of ${provider}? What it has done already is not done again.`;
  return html`<tr><td>${provider}</td><td>${type}</td>
<td><a class="mm-error">${event}</a>${call(endpoint, { action: 'show', provider, event })}</td>
<td>${status}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}</td>
<td title="${receivedAt}">${age(receivedAt, now)}</td><td class="mm-error">${error}</td>
<td><a class="btn">Replay</a>${call(endpoint, { action: 'replay', provider, event }, question)}</td></tr>`;
}

/**
 * Belongs to the element before it. It opens a window of its own: what replaced the widget would be asked for again
 * by each refresh of the dashboard, a replay too.
 */
function call(endpoint: string, parameters: object, confirmation?: string): Markup {
  const asks = confirmation === undefined ? html`` : html` confirmation="${confirmation}"`;
  return html`<cwdb-action action="call" display="popup" event="click" endpoint="${endpoint}"${asks}>${jsonText(parameters)}</cwdb-action>`;
}

/** @param stories What each provider knows under the id; redacted. */
export function storyPage(event: string, stories: readonly object[]): Markup {
  if (stories.length === 0)
    return html`<p>No provider has an event <code>${event}</code> in the ledger.</p>`;
  return html`${styles}${stories.map((story) => html`<table><tbody>${facts(story)}</tbody></table>`)}`;
}

const facts = (story: object): readonly Markup[] =>
  Object.entries(story)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(
      ([name, value]) =>
        html`<tr><th>${spaced(name)}</th><td class="mm-error">${shown(value)}</td></tr>`,
    );

const shown = (value: unknown): Markup =>
  typeof value === 'object'
    ? html`<pre>${JSON.stringify(value, null, 2)}</pre>`
    : html`${String(value)}`;

const spaced = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export const sentence = (text: string): Markup => html`<p>${text}</p>`;

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

export function age(since: string, now: Date): string {
  const seconds = Math.round(ageMs(new Date(since), now) / 1000);
  const unit = units.find(([, length]) => seconds >= length);
  return unit === undefined ? `${seconds} s` : `${Math.floor(seconds / unit[1])} ${unit[0]}`;
}
