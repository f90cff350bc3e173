import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { toQueueMessage } from '../../../lambdas/webhooks/envelope.ts';
import { addAsset } from '../../../local/postgres/sample-portal.ts';
import type { MuxEvent } from '../../../local/sandbox/mux-events.ts';
import { BROWSER_MS, inBrowser, useBrowser } from '../../support/console/browser.ts';
import { eventually } from '../../support/eventually.ts';
import { deliver, eventOf, useLocal } from '../../support/local.ts';

const local = useLocal();
const openPage = useBrowser();
const consoleUrl = (path = '') => `${local().url}/console${path}`;
const query = async (statement: string, values: readonly unknown[] = []) =>
  (await local().pool.query(statement, [...values])).rows;
const reasonsOf = async (command: string) =>
  (await query('select reason from portal.operator_actions where command = $1', [command])).map(
    ({ reason }) => reason,
  );
const newAsset = (status: 'processing' | 'awaiting-upload' = 'processing') =>
  addAsset(local().pool, { status });

/** Puts the delivery of an event into the dead-letter queue of Mux. */
async function sendDeadLetter({ id, type, ...event }: MuxEvent): Promise<void> {
  const queues = await local().queues.contents();
  const name = queues.find((queue) => /MuxDeliveriesDeadLetters/.test(queue.name))?.name ?? '';
  const { body, attributes } = toQueueMessage({
    provider: 'mux',
    eventId: id,
    eventType: type,
    body: JSON.stringify({ id, type, ...event }),
    receivedAt: new Date().toISOString(),
    trace: id,
  });
  await local().queues.send(name, body, attributes);
}

/** Fills in the reason and confirms, with keys only. */
async function confirmByKeyboard(page: Page, reason: string): Promise<void> {
  await page
    .getByRole('dialog')
    .getByLabel(/^Reason/)
    .focus();
  await page.keyboard.type(reason);
  await page.keyboard.press('Enter');
}

async function confirm(page: Page, button: string, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  const confirmation = dialog.getByRole('button', { name: button });
  expect(await confirmation.isDisabled()).toBe(true);
  await dialog.getByLabel(/^Reason/).fill(reason);
  await confirmation.click();
}

inBrowser(
  'dead letters return to their queue and are processed, and the page says how many',
  async () => {
    const event = eventOf(await newAsset(), 'video.asset.ready');
    await sendDeadLetter(event);
    const { page, close } = await openPage(consoleUrl('/dead-letters'));

    await page.getByRole('button', { name: 'Redrive the dead letters of mux' }).click();
    await confirm(page, 'Redrive', 'The bug is fixed');

    await page.getByText(/^1 sent back, 0 exhausted, 0 deleted/).waitFor();
    const status = async () =>
      (await query('select status from portal.webhook_events where event_id = $1', [event.id]))[0]
        ?.status;
    expect(await eventually(status, (one) => one === 'processed')).toBe('processed');
    expect(await reasonsOf('dead-letters redrive')).toEqual(['The bug is fixed']);
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a video is bound by keyboard; an error keeps what was typed',
  async () => {
    const first = await newAsset();
    const other = await newAsset();
    await deliver(local(), eventOf(first, 'video.asset.ready'));
    const [{ id }] = (await query('select id from portal.assets where mux_upload_id = $1', [
      other.uploadId,
    ])) as [{ id: string }];
    const { page, close, problems } = await openPage(consoleUrl('/uploads'));
    const row = page.getByRole('row').filter({ hasText: id });
    await row.getByRole('button', { name: /^Bind / }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const field = dialog.getByLabel('Asset id at the provider');
    await page.keyboard.type('x'.repeat(256));
    expect(await field.inputValue()).toHaveLength(256);
    await confirmByKeyboard(page, 'The member uploaded twice');

    await dialog
      .getByRole('alert')
      .getByText(/muxAsset/)
      .waitFor();
    expect(await field.inputValue()).toHaveLength(256);
    expect(await dialog.getByLabel(/^Reason/).inputValue()).toBe('The member uploaded twice');
    // Chromium reports the 400 on its console.
    expect(problems.splice(0)).toHaveLength(1);

    await field.fill(first.assetId);
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('Another video of a member has this asset').waitFor();
    expect(await field.inputValue()).toBe(first.assetId);

    await field.fill('free-asset');
    await page.keyboard.press('Enter');
    await page.getByText(/^“A new video” is bound to free-asset/).waitFor();
    expect(
      await query('select binding, mux_asset_id as asset from portal.assets where id = $1', [id]),
    ).toEqual([{ binding: 'operator', asset: 'free-asset' }]);
    expect(new Set(await reasonsOf('assets bind'))).toEqual(new Set(['The member uploaded twice']));
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'a failed mail is sent again from its page',
  async () => {
    const event = eventOf(await newAsset(), 'video.asset.ready');
    await deliver(local(), event);
    const [{ id }] = (await query(
      `update portal.notifications set mail_status = 'failed', mail_error = 'outcome-unknown'
        where event_id = $1 returning id`,
      [event.id],
    )) as [{ id: string }];
    const { page, close } = await openPage(consoleUrl('/mails?view=requests'));
    await page.getByLabel('Status').selectOption('failed');
    await page.getByText('outcome-unknown').waitFor();
    await page.getByRole('button', { name: /^Resend asset\.ready to / }).click();
    await page.getByText(/^An earlier attempt may have sent this mail/).waitFor();
    await confirm(page, 'Resend', 'The provider never got it');

    await page.getByText('The mail is sent within a minute.').waitFor();
    await page.getByText('No mail is failed').waitFor();
    const status = await query('select mail_status from portal.notifications where id = $1', [id]);
    expect(status).toEqual([{ mail_status: 'pending' }]);
    expect(await reasonsOf('mails resend')).toEqual(['The provider never got it']);
    await close();
  },
  BROWSER_MS,
);

inBrowser(
  'set-aside domain events are published again: one, and then all',
  async () => {
    for (const type of ['asset.ready', 'asset.failed', 'asset.deleted'])
      await query(
        `insert into portal.outbox
           (id, type, detail, created_at, set_aside_at, rejections, last_error)
         values (gen_random_uuid(), $1, '{}', now(), now(), 3, 'InvalidArgument: too large')`,
        [type],
      );
    const setAside = async () =>
      (await query('select type from portal.outbox where set_aside_at is not null')).length;
    const { page, close } = await openPage(consoleUrl('/outbox'));
    await page.getByRole('button', { name: /^Retry asset\.failed / }).click();
    await confirm(page, 'Retry', 'The bus accepts it now');
    await page.getByText('1 domain event is published within a minute.').waitFor();
    expect(await setAside()).toBe(2);

    await page.getByRole('button', { name: 'Retry all' }).press('Enter');
    await page.getByText('2 rejected domain events would be published again.').waitFor();
    await confirmByKeyboard(page, 'The limit was raised');
    await page.getByText('2 domain events are published within a minute.').waitFor();
    await page.getByText('Nothing is set aside').waitFor();
    expect(await setAside()).toBe(0);
    expect(await reasonsOf('outbox retry')).toEqual([
      'The bus accepts it now',
      'The limit was raised',
    ]);
    await close();
  },
  BROWSER_MS,
);
