import { byId, drawHeads, drawMails, drawTables, element, setText } from './tables.js';

const POLL_MS = 1500;
const clock = (time) => new Date(time).toLocaleTimeString();

let before;

/** Only what calls for somebody is said aloud; the figures change all the time. */
function announce(figures) {
  const openNow = figures.pipelines.reduce(
    (sum, { failed, exhausted }) => sum + failed + exhausted,
    0,
  );
  if (before !== undefined && openNow !== before)
    setText(
      byId('news'),
      openNow === 0
        ? 'No event is failed or exhausted any more.'
        : `Failed or exhausted events: ${openNow}.`,
    );
  before = openNow;
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
    figures.more ? 'There are more: npm run ops -- events list --status failed' : '\u00a0',
  );
  announce(figures);
}

async function ask(path, body) {
  const options = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(path, { signal: AbortSignal.timeout(35000), ...options });
  const answer = await response.json();
  if (!response.ok)
    throw new Error(answer.detail ?? answer.message ?? `The answer was ${response.status}.`);
  return answer;
}

async function poll() {
  try {
    draw(await ask('/console/figures'));
    setText(byId('connection'), `Live, updated ${clock(Date.now())}`);
    byId('connection').classList.remove('bad');
  } catch (error) {
    setText(byId('connection'), `Not live: ${error.message}`);
    byId('connection').classList.add('bad');
  }
  setTimeout(poll, POLL_MS);
}

function askToReplay(provider, event) {
  const dialog = byId('confirm');
  setText(byId('question'), `Replay ${event} of ${provider}?`);
  dialog.returnValue = 'no';
  dialog.onclose = () => dialog.returnValue === 'yes' && replay(provider, event);
  dialog.showModal();
}

async function replay(provider, event) {
  try {
    await ask('/console/replay', { provider, event });
    setText(byId('news'), `${event} is on its way once more.`);
  } catch (error) {
    setText(byId('news'), `${event} is not replayed: ${error.message}`);
  }
}

async function lookUp(id) {
  const place = byId('story');
  try {
    const { stories } = await ask(`/console/event?${new URLSearchParams({ id })}`);
    place.replaceChildren(
      ...(stories.length === 0
        ? [element('p', { class: 'empty' }, `No provider has an event ${id} in the ledger.`)]
        : stories.map(storyOf)),
    );
  } catch (error) {
    place.replaceChildren(element('p', { class: 'bad' }, error.message));
  }
  place.scrollIntoView({ block: 'nearest' });
}

const words = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const isNothing = (value) => value === null || (Array.isArray(value) && value.length === 0);

function storyOf(story) {
  const list = element('dl', { class: 'story' });
  for (const [name, value] of Object.entries(story))
    if (!isNothing(value))
      list.append(element('dt', {}, words(name)), element('dd', {}, told(value)));
  return list;
}

function told(value) {
  if (Array.isArray(value))
    return element('ol', {}, ...value.map((item) => element('li', {}, line(item))));
  if (typeof value === 'object')
    return element('pre', { tabindex: '0' }, JSON.stringify(value, null, 2));
  return String(value);
}

const line = (item) =>
  Object.entries(item)
    .filter(([, value]) => !isNothing(value))
    .map(([name, value]) => `${words(name)} ${value}`)
    .join(', ');

const actions = {
  onShow(event) {
    byId('event-id').value = event;
    lookUp(event);
  },
  onReplay: askToReplay,
};

byId('search').addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  lookUp(byId('event-id').value.trim());
});
drawHeads();
poll();
