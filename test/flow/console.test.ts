import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { expect, test } from '@jest/globals';
import { chromium } from 'playwright-core';
import { addAsset } from '../../local/postgres/sample-portal.ts';
import { eventually } from '../support/eventually.ts';
import { deliver, eventOf, useLocal } from '../support/local.ts';

const local = useLocal();
const page = () => `${local().url}/console`;
const json = { 'content-type': 'application/json' };

/**
 * Creates an exhausted event: the portal's row has another Mux asset id than the event.
 * `repair` removes the contradiction, so that a replay succeeds.
 */
async function createExhaustedEvent() {
  const muxAsset = await addAsset(local().pool, { status: 'processing' });
  const event = eventOf(muxAsset, 'video.asset.ready');
  const upload = event.data['upload_id'];
  await local().pool.query(
    `update portal.assets set mux_asset_id = 'wrong-' || id, binding = 'upload'
     where mux_upload_id = $1`,
    [upload],
  );
  await deliver(local(), event);
  const repair = () =>
    local().pool.query(
      'update portal.assets set mux_asset_id = null, binding = null where mux_upload_id = $1',
      [upload],
    );
  return { event, repair };
}

const anyNumber = expect.any(Number);
const statusOf = async (id: string) =>
  (await local().pool.query('select status from portal.webhook_events where event_id = $1', [id]))
    .rows[0]?.status;

test('the page is one file, and its security policy allows only its own script', async () => {
  const response = await fetch(page());
  const html = await response.text();

  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none';.*script-src 'sha256-/,
  );
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(html).not.toContain('/* page.js */');
});

test('the figures show pipelines, jobs and failed events', async () => {
  const { event } = await createExhaustedEvent();

  const figures = (await (await fetch(`${page()}/figures`)).json()) as {
    pipelines: { name: string; accepted: number; exhausted: number; health: object }[];
    jobs: { name: string }[];
    events: { event: string; error: string }[];
  };

  expect(figures.pipelines.find(({ name }) => name === 'mux')).toMatchObject({
    accepted: 1,
    exhausted: 1,
    health: {
      successPercent: 0,
      retried: 0,
      redriven: 0,
      answeredMs: [anyNumber, anyNumber, anyNumber],
    },
  });
  expect(figures.pipelines.find(({ name }) => name === 'resend')?.health).toEqual({
    retried: 0,
    redriven: 0,
  });
  expect(figures.jobs.map(({ name }) => name)).toContain('retry-failed-webhooks');
  // Shows the error code, and a sentence that helps to correct the error.
  expect(figures.events.find((line) => line.event === event.id)?.error).toMatch(
    /^contradictory-film: .{10,}$/,
  );
});

test('an event is found and replayed, and the audit log names the console', async () => {
  const { event, repair } = await createExhaustedEvent();
  const { events } = (await (await fetch(`${page()}/event?id=${event.id}`)).json()) as {
    events: object[];
  };
  expect(events).toMatchObject([{ status: 'exhausted', errorCode: 'contradictory-film' }]);
  await repair();

  const body = JSON.stringify({ provider: 'mux', event: event.id });
  const replayed = await fetch(`${page()}/replay`, { method: 'POST', headers: json, body });

  expect(replayed.status).toBe(200);
  expect(
    await eventually(
      () => statusOf(event.id),
      (status) => status === 'processed',
    ),
  ).toBe('processed');
  const { rows } = await local().pool.query('select operator from portal.operator_actions');
  expect(rows).toEqual([{ operator: expect.stringMatching(/local-console$/) }]);
});

test.each([
  ['with another host name that resolves to this machine', { host: 'evil.example' }],
  ['from another origin', { origin: 'https://evil.example' }],
  [
    'with the content type of a form, which needs no preflight request',
    { 'content-type': 'text/plain' },
  ],
])('rejects a replay %s', async (_, headers) => {
  const status = await new Promise((resolve) => {
    const options = { method: 'POST', headers: { ...json, ...headers } };
    request(`${page()}/replay`, options, ({ statusCode }) => resolve(statusCode)).end(
      '{"provider":"mux","event":"e"}',
    );
  });

  expect(status).toBe(403);
});

const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const inBrowser = executablePath === undefined ? test.skip : test;

inBrowser(
  'a user replays a failed event by keyboard at phone width (needs Chromium)',
  async () => {
    const { event, repair } = await createExhaustedEvent();
    await repair();
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-sync',
    ];
    const browser = await chromium.launch({ executablePath: executablePath ?? '', args });
    try {
      const view = await browser.newPage({ viewport: { width: 360, height: 800 } });
      await view.goto(page());
      const row = view.locator('tr', { hasText: event.id });
      await row.waitFor();
      expect(await view.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(
        true,
      );
      await view.locator('#health tr', { hasText: 'mux' }).getByText('%').waitFor();
      await row.getByRole('button', { name: /^Replay/ }).focus();
      await view.keyboard.press('Enter');
      await view.getByRole('dialog').getByRole('button', { name: 'Replay' }).focus();
      await view.keyboard.press('Enter');
      expect(
        await eventually(
          () => statusOf(event.id),
          (status) => status === 'processed',
        ),
      ).toBe('processed');
      await row.waitFor({ state: 'detached' });
      await view.getByLabel('Event id').fill(event.id);
      await view.keyboard.press('Enter');
      await view.getByText('video.asset.ready').first().waitFor();
    } finally {
      await browser.close();
    }
  },
  60_000,
);
