import { expect } from '@jest/globals';
import { addAsset } from '../../../local/postgres/sample-portal.ts';
import { BROWSER_MS, inBrowser, useBrowser } from '../../support/console/browser.ts';
import { createExhaustedEvent } from '../../support/console/exhausted-event.ts';
import { expectEachLook } from '../../support/console/looks.ts';
import { eventually } from '../../support/eventually.ts';
import { deliver, eventOf, useLocal } from '../../support/local.ts';

const local = useLocal();
const openPage = useBrowser();
const consoleUrl = (path = '') => `${local().url}/console${path}`;

async function deliverReady() {
  const event = eventOf(
    await addAsset(local().pool, { status: 'processing' }),
    'video.asset.ready',
  );
  await deliver(local(), event);
  return event;
}

const query = async (statement: string) => (await local().pool.query(statement)).rows;

const addSetAside = (type: string) =>
  local().pool.query(
    `insert into portal.outbox (id, type, detail, created_at, set_aside_at, rejections, last_error)
     values (gen_random_uuid(), $1, '{}', now(), now(), 3, 'InvalidArgument: too large')`,
    [type],
  );

const addSuppressed = (address: string) =>
  local().pool.query(
    `insert into portal.email_suppressions (address, suppressed, reason, since, source, event_id)
     values ($1, true, 'complaint', now(), 'resend', 'event-of-complaint')`,
    [address],
  );

inBrowser(
  'the overview shows what waits, and the traffic of each provider',
  async () => {
    await deliverReady();
    await addSetAside('asset.ready');
    const { page, close } = await openPage(consoleUrl());

    await page.getByText('Waits for an operator: domain events set aside.').waitFor();
    const chart = page.getByRole('figure').filter({ hasText: 'Deliveries' }).first();
    await chart.getByText(/Accepted [1-9]/).waitFor();
    expect(await page.locator('.plot canvas').count()).toBe(8);
    await page.getByRole('radio', { name: 'Last day' }).check();
    await chart.getByText(/Accepted [1-9]/).waitFor();
    await page.getByRole('link', { name: /Domain events set aside/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor();
    await query('delete from portal.outbox where set_aside_at is not null');
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'the overview shows how far each provider was compared, and what was recovered',
  async () => {
    const { page, close } = await openPage(consoleUrl());
    const section = page.getByRole('region', { name: 'Events that were never delivered' });
    await section.getByText('No provider was compared yet').waitFor();
    await query(
      `insert into portal.reconciliations (provider, compared_at, agreed_until, updated_at)
       values ('resend', now(), now() - interval '30 minutes', now())`,
    );

    await section.getByRole('link', { name: 'resend' }).waitFor();
    expect(await section.locator('time').count()).toBe(2);
    await query('delete from portal.reconciliations');
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a mail of the sandbox is shown at phone and desktop width, as text and with its headers',
  async () => {
    await deliverReady();
    const { page, close } = await openPage(consoleUrl('/mails'));
    await page
      .getByRole('link', { name: /is ready to watch$/ })
      .first()
      .click();

    const frame = page.locator('iframe');
    await frame.contentFrame().getByText('Your video is ready').waitFor();
    expect(await frame.getAttribute('sandbox')).toBe('');
    await page.getByRole('radio', { name: 'Phone' }).check();
    await page.locator('iframe.phone').waitFor();
    expect((await frame.boundingBox())?.width).toBe(375);
    await page.getByRole('radio', { name: 'Headers' }).check();
    await page.getByText('Idempotency-Key').waitFor();
    await page.getByRole('radio', { name: 'Text' }).check();
    await page.locator('pre').getByText('Your video').waitFor();
    await page.getByText('delivered', { exact: true }).waitFor();
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a job runs on request, and its run appears with its duration',
  async () => {
    const { page, close } = await openPage(consoleUrl('/jobs/prune'));
    await page.getByText('No run yet').waitFor();

    await page.getByRole('button', { name: 'Run now: prune' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).press('Enter');

    const runs = page.getByRole('table', { name: 'Runs, newest first' });
    await runs.getByText('succeeded').waitFor();
    await runs.getByText('user/local-console').waitFor();
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a set-aside domain event is discarded only with a reason',
  async () => {
    await addSetAside('asset.failed');
    const { page, close } = await openPage(consoleUrl('/outbox'));
    await page.getByRole('button', { name: /^Discard asset\.failed/ }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'Discard' });

    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel(/^Reason/).fill('Nobody needs it');
    await confirm.click();

    await page.getByText('asset.failed is discarded.').waitFor();
    expect(await query(`select from portal.outbox where type = 'asset.failed'`)).toEqual([]);
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'the suppression of an address is lifted',
  async () => {
    await addSuppressed('ana@example.org');
    const { page, close } = await openPage(consoleUrl('/suppressions'));

    await page.getByRole('button', { name: 'Lift the suppression of ana@example.org' }).click();
    await page.getByLabel(/^Reason/).fill('She asked for it');
    await page.getByRole('dialog').getByRole('button', { name: 'Lift' }).click();

    await page.getByText('No address is suppressed').waitFor();
    const isLifted = () => query('select from portal.email_suppressions where suppressed');
    expect(await eventually(isLifted, (rows) => rows.length === 0)).toEqual([]);
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a list grows as far as the window reaches, and loads the rest on scrolling',
  async () => {
    await local().pool.query(
      `insert into portal.job_runs (job, scheduled_at, status, started_at, finished_at)
       select 'relay-outbox', now() - number * interval '1 day', 'succeeded', now(), now()
         from generate_series(1, 120) as number`,
    );
    const { page, close } = await openPage(consoleUrl('/jobs/relay-outbox'));
    const rows = page.getByRole('table', { name: 'Runs, newest first' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThanOrEqual(100);

    await eventually(
      async () => {
        await page.mouse.wheel(0, 20_000);
        return rows.count();
      },
      (count) => count >= 120,
    );
    expect(await rows.count()).toBeGreaterThanOrEqual(120);
    expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'every page is accessible and fits at each width, light and dark',
  async () => {
    const { event } = await createExhaustedEvent(local());
    await addSetAside('asset.ready');
    await addSuppressed('person@example.org');
    await deliverReady();
    const [mail] = local().resend.mails();
    const { page, close } = await openPage(consoleUrl());
    const loaded = async (heading: string) => {
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
      await page.locator('.loading, .charts-loading').first().waitFor({ state: 'detached' });
    };
    const places = [
      ['', 'Overview'],
      ['/events', 'Events'],
      ['/events?type=nothing', 'Events'],
      ['/mails', 'Mails'],
      ['/mails?view=requests', 'Mails'],
      ['/jobs', 'Jobs'],
      ['/outbox', 'Outbox'],
      ['/dead-letters', 'Dead letters'],
      ['/suppressions', 'Suppressions'],
      ['/uploads', 'Uploads'],
      [`/events/mux/${event.id}`, 'video.asset.ready'],
    ] as const;
    for (const [place, heading] of places) {
      // Changes the address as the back button does, so that the scripts are loaded only once.
      await page.evaluate(`history.pushState(null, '', '${consoleUrl(place)}');
        dispatchEvent(new Event('popstate'))`);
      await loaded(heading);
      await expectEachLook(page, place);
    }
    await page.getByRole('button', { name: 'Replay' }).click();
    await expectEachLook(page, 'the dialog of a replay');

    // A mail is shown at the width of the window in which its page was opened.
    await page.goto(consoleUrl(`/mails/${mail?.id}`));
    await expectEachLook(page, '/mails/…', async () => {
      await page.reload();
      await loaded(mail?.subject ?? '');
    });
    await close();
  },
  2 * BROWSER_MS,
);
