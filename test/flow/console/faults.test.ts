import { expect } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import { BROWSER_MS, fitsWidth, inBrowser, useBrowser } from '../../support/console/browser.ts';
import { useLocal } from '../../support/local.ts';

const local = useLocal();
const openPage = useBrowser();
const consoleUrl = (path = '') => `${local().url}/console${path}`;

/** Answers the commands of the page; every other request reaches the instance. */
const answerCommands = (page: Page, answer: (route: Route, command: string) => Promise<void>) =>
  page.route('**/console/api/commands', (route) =>
    answer(route, route.request().postDataJSON().command),
  );

const jsonOf = (body: unknown) => ({ contentType: 'application/json', body: JSON.stringify(body) });

inBrowser(
  'a failed reading is shown once, and the last data stays with a note',
  async () => {
    const { page } = await openPage(consoleUrl());
    await page.getByText('No events yet').waitFor();
    await answerCommands(page, (route) =>
      route.fulfill({ status: 500, ...jsonOf({ detail: 'The database is down.' }) }),
    );

    const newest = page.getByRole('region', { name: 'Newest events' });
    await newest.getByText('This could not be updated').waitFor();
    await newest.getByText('No events yet').waitFor();
    await page.reload();
    await newest.getByText('This could not be loaded').waitFor();
    expect(await page.getByText('Loading…').count()).toBe(0);
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByText('Not live: the newest reading failed.').waitFor();
    await page.context().close();
  },
  BROWSER_MS,
);

inBrowser.each([
  ['no JSON', { body: '<html>proxy</html>' }, 'The answer is not JSON.'],
  ['JSON of another kind', jsonOf({ events: 5, queues: [] }), /^The page failed: /],
])(
  'an answer with %s leaves the navigation usable',
  async (_, answer, message) => {
    const { page } = await openPage(consoleUrl());
    await page.getByText('No events yet').waitFor();
    await answerCommands(page, (route, command) =>
      command === 'events list' ? route.fulfill(answer) : route.continue(),
    );
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByText(message).waitFor();

    await page.getByRole('link', { name: 'Uploads' }).click();
    await page.getByRole('heading', { level: 1, name: 'Uploads' }).waitFor();
    await page.context().close();
  },
  BROWSER_MS,
);

const nested = (levels: number) => {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { level: value } : [value];
  return value;
};

inBrowser.each([{ levels: 60 }, { levels: 3_000 }])(
  'a body of $levels levels opens at phone width without widening the page',
  async ({ levels }) => {
    const { page, close } = await openPage(consoleUrl(), { viewport: { width: 360, height: 800 } });
    await answerCommands(page, (route, command) =>
      command === 'events body'
        ? route.fulfill(jsonOf({ body: nested(levels) }))
        : route.continue(),
    );
    await local().pool.query(
      `insert into portal.webhook_events (source, event_id, type, status, received_at, body)
       values ('mux', $1, 'video.asset.ready', 'processed', now(), '{}')`,
      [`nested-${levels}`],
    );
    await page.goto(consoleUrl(`/events/mux/nested-${levels}`));
    await page.getByRole('button', { name: 'Open all' }).click();

    const end = levels > 100 ? /^Deeper levels are in/ : '"bottom"';
    await page.getByText(end).waitFor();
    expect(await fitsWidth(page)).toBe(true);
    await close();
  },
  BROWSER_MS,
);

inBrowser.each([360, 800, 1_280])(
  'long words fit, and the link or button with the focus is never covered, at %d pixels',
  async (width) => {
    const long = 'AWordWithoutAnySpace'.repeat(12);
    await local().pool.query(
      `insert into portal.assets (title, status, mux_upload_id, failure_reason)
       values ($1, 'failed', $1 || gen_random_uuid(), $1)`,
      [long],
    );
    await local().pool.query(
      `insert into portal.outbox
         (id, type, detail, created_at, set_aside_at, rejections, last_error)
       values (gen_random_uuid(), 'notification.mail_delivery_failed', '{}',
               now() - interval '3 days', now(), 3, $1)`,
      [long],
    );
    const { page, close } = await openPage(consoleUrl(), { viewport: { width, height: 500 } });
    for (const place of ['/uploads', '/outbox', '/jobs']) {
      await page.goto(consoleUrl(place));
      await page.locator('td').first().waitFor();
      expect([place, await fitsWidth(page)]).toEqual([place, true]);
    }
    const last = page.getByRole('button', { name: /^Run now/ }).last();
    await last.focus();
    for (let step = 0; step < 34; step++) {
      expect(await focusedElement(page)).toMatchObject({ isCovered: false });
      await page.keyboard.press('Shift+Tab');
    }
    await close();
  },
  BROWSER_MS,
);

/** Returns true if another element is drawn over the middle of an edge of the focused one. */
const focusedElement = (page: Page) =>
  page.evaluate<{ readonly text: string; readonly isCovered: boolean }>(`(() => {
    const focused = document.activeElement;
    const { left, right, top, bottom } = focused.getBoundingClientRect();
    const points = [
      [left + 2, (top + bottom) / 2],
      [right - 2, (top + bottom) / 2],
      [(left + right) / 2, top + 2],
      [(left + right) / 2, bottom - 2],
    ];
    const isShown = ([x, y]) => {
      const found = document.elementFromPoint(x, y);
      return found !== null && (focused.contains(found) || found.contains(focused));
    };
    return { text: focused.textContent, isCovered: !points.every(isShown) };
  })()`);

const styleOfDialog = `getComputedStyle(document.querySelector('dialog')).textAlign`;
const nameOfFocused = `document.activeElement.getAttribute('aria-label')`;

inBrowser(
  'a slow action keeps the focus in its dialog, and gives it back to its button',
  async () => {
    const { page, close } = await openPage(consoleUrl('/jobs'));
    let finish = () => {};
    const mayFinish = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await answerCommands(page, async (route, command) => {
      if (command === 'jobs run') await mayFinish;
      await route.continue();
    });
    const button = page.getByRole('button', { name: 'Run now: prune' });
    await button.press('Enter');
    const dialog = page.getByRole('dialog');
    expect(await page.evaluate(styleOfDialog)).toBe('left');
    await dialog.getByRole('button', { name: 'Run now' }).press('Enter');

    const working = dialog.getByRole('button', { name: 'Working…' });
    await working.waitFor();
    expect(await focusedElement(page)).toMatchObject({ text: 'Working…' });
    finish();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate(nameOfFocused)).toBe('Run now: prune');
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'unknown addresses name what is missing, under a heading',
  async () => {
    const { page, close } = await openPage(consoleUrl('/jobs/nothing'));
    await page.getByText('There is no such job').waitFor();
    expect(await page.getByRole('heading', { name: 'Runs' }).count()).toBe(0);
    await page.goto(consoleUrl('/nothing/here'));
    await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
    await page.getByRole('link', { name: 'Go to the overview' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a narrow window shows the whole link of the current page, whatever the counts are',
  async () => {
    await local().pool.query(
      `insert into portal.webhook_events (source, event_id, type, status, received_at)
       select 'mux', 'failed-' || number, 'video.asset.ready', 'exhausted', now()
         from generate_series(1, 120) as number`,
    );
    const { page, close } = await openPage(consoleUrl('/uploads'), {
      viewport: { width: 360, height: 800 },
    });
    await page.getByText('120 need attention').waitFor({ state: 'attached' });

    const box = await page.locator('nav [aria-current]').boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 360) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
    await close();
  },
  BROWSER_MS,
);
