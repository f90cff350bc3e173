import { expect, test } from '@jest/globals';
import { addAsset } from '../../../local/postgres/sample-portal.ts';
import { BROWSER_MS, inBrowser, useBrowser } from '../../support/console/browser.ts';
import { createExhaustedEvent } from '../../support/console/exhausted-event.ts';
import { eventually } from '../../support/eventually.ts';
import { deliver, eventOf, useLocal } from '../../support/local.ts';

const local = useLocal();
const openPage = useBrowser();
const consoleUrl = (path = '') => `${local().url}/console${path}`;
const deliverReady = async () => {
  const event = eventOf(
    await addAsset(local().pool, { status: 'processing' }),
    'video.asset.ready',
  );
  await deliver(local(), event);
  return event;
};

test('the first page of this machine leads to the console', async () => {
  const response = await fetch(local().url, { redirect: 'manual' });

  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toBe('/console');
});

inBrowser(
  'the feed shows new events by itself, and stands still while it is paused',
  async () => {
    const first = await deliverReady();
    const { page, close } = await openPage(consoleUrl('/events'));
    await page.getByText(first.id).waitFor();

    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    const second = await deliverReady();
    await page.getByText(/^Paused\. [1-9]\d* new since then\.$/).waitFor();
    expect(await page.getByText(second.id).count()).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).press('Enter');
    await page.getByText(second.id).waitFor();
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'filters are in the address, so that a link opens the same list',
  async () => {
    const { event: failed } = await createExhaustedEvent(local());
    const processed = await deliverReady();
    const { page, close } = await openPage(consoleUrl('/events'));
    await page.getByText(processed.id).waitFor();

    await page.getByLabel('Status').selectOption('exhausted');
    await page.getByText(processed.id).waitFor({ state: 'detached' });
    await page.getByText(failed.id).waitFor();
    expect(new URL(page.url()).search).toBe('?status=exhausted');

    await page.getByLabel('Type', { exact: true }).fill('video.asset.deleted');
    await page.keyboard.press('Enter');
    await page.getByText('No event matches these filters').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText(processed.id).waitFor();

    const second = await page.context().newPage();
    await second.goto(consoleUrl('/events?status=exhausted'));
    await second.getByText(failed.id).waitFor();
    expect(await second.getByText(processed.id).count()).toBe(0);
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a search in bodies finds an event, and is recorded once',
  async () => {
    const event = await deliverReady();
    const { page, close } = await openPage(consoleUrl('/events'));
    await page.getByText(event.id).waitFor();

    await page.getByLabel('Text in the body').fill(String(event.data['id']));
    await page.keyboard.press('Enter');
    await page.getByText('A search in bodies.').waitFor();
    await page.getByText(event.id).waitFor();
    await deliverReady();
    const { rows } = await local().pool.query(
      `select operator from portal.operator_actions where command = 'events search'`,
    );
    expect(rows).toHaveLength(1);
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a link opens the story of an event, from its delivery to its mail',
  async () => {
    const event = await deliverReady();
    const { page, close } = await openPage(consoleUrl(`/events/mux/${event.id}`));

    await page.getByRole('heading', { level: 1, name: 'video.asset.ready' }).waitFor();
    await page.getByText(/^Mail asset\.ready to .*: delivered$/).waitFor();
    const titles = await page.locator('.step-title').allTextContents();
    expect(titles[0]).toBe('mux delivered video.asset.ready');
    expect(titles).toEqual(
      expect.arrayContaining([
        'Processed',
        expect.stringMatching(/^Video .*: processing → ready$/),
        expect.stringMatching(/^Mail asset\.ready sent to \*\*\*@/),
        'Domain event asset.ready published',
      ]),
    );
    await page.getByText(`"${event.data['id']}"`).first().waitFor();
    await page.getByRole('button', { name: 'Fold all' }).click();
    await page.locator('.json-size:visible').first().waitFor();

    await page.getByRole('link', { name: 'All events' }).click();
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'video.asset.ready' }).waitFor();
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a user replays an exhausted event by keyboard at phone width and sees the outcome',
  async () => {
    const { event, repair } = await createExhaustedEvent(local());
    const viewport = { width: 360, height: 740 };
    const { page, close } = await openPage(consoleUrl(`/events/mux/${event.id}`), { viewport });
    await page.getByText('Attempt 1 failed').waitFor();
    await repair();

    await page.getByRole('button', { name: 'Replay' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Replay this event?' });
    await dialog.getByLabel(/^Reason/).fill('The row is repaired');
    await page.keyboard.press('Enter');

    await page.getByText(/^The newest replay was processed in /).waitFor();
    await page.getByText('Replay requested by user/local-console').waitFor();
    await page.getByText('The row is repaired').waitFor();
    const statusOf = async () =>
      (
        await local().pool.query('select status from portal.webhook_events where event_id = $1', [
          event.id,
        ])
      ).rows[0]?.status;
    expect(await eventually(statusOf, (status) => status === 'processed')).toBe('processed');
    const { rows } = await local().pool.query(
      `select operator, reason from portal.operator_actions where command = 'events replay'`,
    );
    expect(rows).toEqual([
      { operator: expect.stringMatching(/user\/local-console$/), reason: 'The row is repaired' },
    ]);
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'the dialog of an action keeps its error, and Escape closes it without a change',
  async () => {
    const { event } = await createExhaustedEvent(local());
    const { page, close } = await openPage(consoleUrl(`/events/mux/${event.id}`));
    const replay = page.getByRole('button', { name: 'Replay' });
    await replay.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await replay.press('Enter');
    await page.getByLabel(/^Reason/).fill('no');
    expect(
      await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).isDisabled(),
    ).toBe(true);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.getByText(/^Replay requested/).count()).toBe(0);
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a page of an unknown event says so',
  async () => {
    const { page, problems } = await openPage(consoleUrl('/events/mux/unknown'));

    await page.getByText('The ledger has no such event of mux').waitFor();
    // Chromium reports each 404 on its console.
    expect(problems.filter((problem) => !/404/.test(problem))).toEqual([]);
    await page.context().close();
  },
  BROWSER_MS,
);
