import { byId, drawHeads, drawMails, drawTables, element, setText } from './tables.js';

const POLL_MS = 1500;
const clock = (time) => new Date(time).toLocaleTimeString();

let lastOpenCount;

/** Announces the number of failed events to screen readers; other figures change too often. */
function announce(figures) {
  const openCount = figures.pipelines.reduce(
    (sum, { failed, exhausted }) => sum + failed + exhausted,
    0,
  );
  if (lastOpenCount !== undefined && openCount !== lastOpenCount)
    setText(
      byId('news'),
      openCount === 0
        ? 'No event is failed or exhausted now.'
        : `Failed or exhausted events: ${openCount}.`,
    );
  lastOpenCount = openCount;
}

function draw(figures) {
  const now = Date.parse(figures.now);
  setText(byId('since'), clock(figures.startedAt));
  drawTables(figures, now, actions);
  drawMails(figures.mails);
  byId('events').hidden = figures.events.length === 0;
  byId('nothing-open').hidden = figures.events.length > 0;
  setText(
    byId('more'),
    figures.more ? 'To list more: npm run ops -- events list --status failed' : '\u00a0',
  );
  announce(figures);
}

async function fetchJson(path, body) {
  const options = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(path, { signal: AbortSignal.timeout(35000), ...options });
  const json = await response.json();
  if (!response.ok)
    throw new Error(json.detail ?? json.message ?? `The response was ${response.status}.`);
  return json;
}

async function poll() {
  try {
    draw(await fetchJson('/console/figures'));
    setText(byId('connection'), `Live, updated ${clock(Date.now())}`);
    byId('connection').classList.remove('bad');
  } catch (error) {
    setText(byId('connection'), `Not live: ${error.message}`);
    byId('connection').classList.add('bad');
  }
  setTimeout(poll, POLL_MS);
}

function confirmReplay(provider, event) {
  const dialog = byId('confirm');
  setText(byId('question'), `Replay event ${event} of ${provider}?`);
  dialog.returnValue = 'no';
  dialog.onclose = () => dialog.returnValue === 'yes' && replay(provider, event);
  dialog.showModal();
}

async function replay(provider, event) {
  try {
    await fetchJson('/console/replay', { provider, event });
    setText(byId('news'), `Replay of ${event} started.`);
  } catch (error) {
    setText(byId('news'), `Replay of ${event} failed: ${error.message}`);
  }
}

async function lookUp(id) {
  const place = byId('event-details');
  try {
    const { events } = await fetchJson(`/console/event?${new URLSearchParams({ id })}`);
    place.replaceChildren(
      ...(events.length === 0
        ? [element('p', { class: 'empty' }, `There is no event ${id}.`)]
        : events.map(detailsOf)),
    );
  } catch (error) {
    place.replaceChildren(element('p', { class: 'bad' }, error.message));
  }
  place.scrollIntoView({ block: 'nearest' });
}

const toWords = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const isEmpty = (value) => value === null || (Array.isArray(value) && value.length === 0);

function detailsOf(event) {
  const list = element('dl', { class: 'details' });
  for (const [name, value] of Object.entries(event))
    if (!isEmpty(value))
      list.append(element('dt', {}, toWords(name)), element('dd', {}, show(value)));
  return list;
}

function show(value) {
  if (Array.isArray(value))
    return element('ol', {}, ...value.map((item) => element('li', {}, describe(item))));
  if (typeof value === 'object')
    return element('pre', { tabindex: '0' }, JSON.stringify(value, null, 2));
  return String(value);
}

const describe = (item) =>
  Object.entries(item)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => `${toWords(name)} ${value}`)
    .join(', ');

const actions = {
  onShow(event) {
    byId('event-id').value = event;
    lookUp(event);
  },
  onReplay: confirmReplay,
};

byId('search').addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  lookUp(byId('event-id').value.trim());
});
drawHeads();
poll();
