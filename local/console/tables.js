// Sets text only: no value of an event is parsed as HTML.
export const byId = (id) => document.getElementById(id);
const numberFormat = new Intl.NumberFormat();

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** Writes changed text only, which keeps the selection and the position of a screen reader. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function ageOf(time, now) {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
}

function formatPercentiles(percentiles) {
  return percentiles.map((one) => numberFormat.format(Math.round(one))).join(', ');
}

const PERCENTILES = 'p50, p95, p99';

const columns = {
  pipelines: [
    { label: 'Pipeline', head: true },
    { label: 'Accepted', of: 'accepted', when: 'since start' },
    { label: 'Rejected', of: 'rejected', when: 'since start' },
    { label: 'In queue', of: 'queued', when: 'now' },
    { label: 'Processed', of: 'processed', when: 'since start' },
    { label: 'Ignored', of: 'ignored', when: 'since start' },
    { label: 'Duplicates', of: 'duplicates', when: 'since start' },
    { label: 'Failed', of: 'failed', when: 'now', alarming: true },
    { label: 'Dead letters', of: 'deadLetters', when: 'now', alarming: true },
    { label: 'Exhausted', of: 'exhausted', when: 'now', alarming: true },
  ],
  health: [
    { label: 'Pipeline', head: true },
    {
      label: 'Success',
      of: 'successPercent',
      when: 'of attempts',
      show: (percent) => `${percent.toFixed(1)} %`,
    },
    { label: 'Retried', of: 'retried', when: 'by the queue' },
    { label: 'Redriven', of: 'redriven', when: 'dead letters' },
    { label: 'Answered, ms', of: 'answeredMs', when: PERCENTILES, show: formatPercentiles },
    { label: 'Applied, ms', of: 'appliedMs', when: PERCENTILES, show: formatPercentiles },
  ],
  events: [
    { label: 'Event', head: true, width: '26%' },
    { label: 'Type', width: '16%' },
    { label: 'Status', width: '14%' },
    { label: 'Age', width: '8%' },
    { label: 'Error', width: '24%' },
    { label: 'Replay', width: '12%' },
  ],
  jobs: [
    { label: 'Job', head: true, width: '20%' },
    { label: 'Schedule', width: '22%' },
    { label: 'Last run', width: '20%' },
    { label: 'Earlier runs', width: '14%' },
    { label: 'Result', width: '24%' },
  ],
};

/**
 * Roles for screen readers: on a narrow screen, rows are blocks, and a browser then no longer
 * reports the table as a table.
 */
const roles = { table: 'table', thead: 'rowgroup', tbody: 'rowgroup', tr: 'row' };

export function drawHeads() {
  for (const [name, role] of Object.entries(roles))
    for (const part of document.querySelectorAll(name)) part.setAttribute('role', role);
  for (const [id, heads] of Object.entries(columns)) {
    byId(id)
      .querySelector('thead tr')
      .append(
        ...heads.map(({ label, of, when, width }) => {
          const cell = element('th', { scope: 'col', role: 'columnheader' }, label);
          if (of) cell.className = 'number';
          if (when) cell.append(element('small', {}, when));
          if (width) cell.style.width = width;
          return cell;
        }),
      );
  }
}

/** Reuses the row elements at each update, which keeps the focus. */
function drawRows(id, items, keyOf, fill, prepare = () => {}) {
  const body = byId(id).tBodies[0];
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  items.forEach((item, index) => {
    const key = keyOf(item);
    const row = known.get(key) ?? newRow(id, key, item, prepare);
    known.delete(key);
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null);
    fill([...row.cells], item);
  });
  for (const row of known.values()) remove(row);
}

function newRow(id, key, item, prepare) {
  const cells = columns[id].map(({ label, head, of, when }) =>
    head
      ? element('th', { scope: 'row', role: 'rowheader' })
      : element('td', {
          role: 'cell',
          'data-label': when === PERCENTILES ? `${label}, ${when}` : label,
          ...(of ? { class: 'number' } : {}),
        }),
  );
  prepare(cells, item);
  const row = element('tr', { role: 'row' }, ...cells);
  row.dataset.key = key;
  return row;
}

/** Moves the focus from a removed row to the heading; else the browser moves it to the page top. */
function remove(row) {
  if (row.contains(document.activeElement)) byId('open').focus({ preventScroll: true });
  row.remove();
}

/** @param onShow, onReplay Actions of the two buttons of an event. */
function eventButtons({ onShow, onReplay }) {
  return (cells, { provider, event }) => {
    const show = element('button', { class: 'link', type: 'button', title: 'Show details' }, event);
    show.addEventListener('click', () => onShow(event));
    cells[0].append(show);
    const replay = element(
      'button',
      { type: 'button', 'aria-label': `Replay ${event} of ${provider}` },
      'Replay',
    );
    replay.addEventListener('click', () => onReplay(provider, event));
    cells[5].append(replay);
  };
}

function fillPipeline(cells, pipeline) {
  setText(cells[0], pipeline.name);
  columns.pipelines.forEach(({ of, alarming }, index) => {
    if (!of) return;
    setText(cells[index], numberFormat.format(pipeline[of]));
    cells[index].classList.toggle('bad', Boolean(alarming) && pipeline[of] > 0);
  });
}

function fillHealth(cells, { name, health }) {
  setText(cells[0], name);
  columns.health.forEach(({ of, show = numberFormat.format }, index) => {
    if (of) setText(cells[index], health[of] === undefined ? '–' : show(health[of]));
  });
  cells[1].classList.toggle('bad', health.successPercent < 98);
}

function fillEvent(cells, { provider, type, status, attempts, receivedAt, error }, now) {
  setText(cells[1], `${provider}: ${type}`);
  setText(cells[2], `${status}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`);
  cells[2].classList.toggle('bad', status === 'exhausted');
  setText(cells[3], ageOf(receivedAt, now));
  cells[3].title = receivedAt;
  setText(cells[4], (error ?? '').split('\n')[0]);
}

function fillJob(cells, { name, schedule, timezone, runs }, now) {
  const [last, ...earlier] = runs;
  setText(cells[0], name);
  setText(cells[1], `${schedule} ${timezone}`);
  setText(cells[2], last ? `${last.status}, ${ageOf(last.startedAt, now)} ago` : 'not yet');
  cells[2].className =
    last?.status === 'failed' ? 'bad' : last?.status === 'succeeded' ? 'good' : '';
  const failed = earlier.filter(({ status }) => status === 'failed').length;
  setText(
    cells[3],
    earlier.length === 0
      ? '–'
      : `${earlier.length} ${earlier.length === 1 ? 'run' : 'runs'}, ${failed} failed`,
  );
  setText(cells[4], last?.error ?? describeCounts(last?.counts));
}

const describeCounts = (counts = {}) =>
  Object.entries(counts)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || '–';

export function drawMails(mails) {
  const list = byId('mails');
  for (const [label, count] of Object.entries(mails)) {
    let figure = [...list.children].find(({ dataset }) => dataset.key === label);
    if (figure === undefined) {
      figure = element('div', {}, element('dt', {}, label), element('dd'));
      figure.dataset.key = label;
      list.append(figure);
    }
    setText(figure.lastChild, numberFormat.format(count));
  }
}

export function drawTables({ pipelines, events, jobs }, now, actions) {
  const eventKey = ({ provider, event }) => `${provider} ${event}`;
  drawRows('pipelines', pipelines, ({ name }) => name, fillPipeline);
  drawRows('health', pipelines, ({ name }) => name, fillHealth);
  drawRows(
    'events',
    events,
    eventKey,
    (cells, item) => fillEvent(cells, item, now),
    eventButtons(actions),
  );
  drawRows(
    'jobs',
    jobs,
    ({ name }) => name,
    (cells, item) => fillJob(cells, item, now),
  );
}
