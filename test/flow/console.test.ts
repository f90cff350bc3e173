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

/** A film that the portal knows under another asset of Mux: its event can never pass, until that is mended. */
async function anExhaustedEvent() {
  const film = await addAsset(local().pool, { status: 'processing' });
  const event = eventOf(film, 'video.asset.ready');
  const upload = event.data['upload_id'];
  await local().pool.query(
    `update portal.assets set mux_asset_id = 'wrong-' || id where mux_upload_id = $1`,
    [upload],
  );
  await deliver(local(), event);
  const mend = () =>
    local().pool.query('update portal.assets set mux_asset_id = null where mux_upload_id = $1', [
      upload,
    ]);
  return { event, mend };
}

const took = expect.any(Number);
const statusOf = async (id: string) =>
  (await local().pool.query('select status from portal.webhook_events where event_id = $1', [id]))
    .rows[0]?.status;

test('the page is one file, and its policy lets nothing run but what is in it', async () => {
  const response = await fetch(page());
  const html = await response.text();

  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none';.*script-src 'sha256-/,
  );
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(html).not.toContain('/* page.js */');
});

test('its figures are those of the pipelines, the jobs and the open events', async () => {
  const { event } = await anExhaustedEvent();

  const figures = (await (await fetch(`${page()}/figures`)).json()) as {
    pipelines: { name: string; accepted: number; exhausted: number; health: object }[];
    jobs: { name: string }[];
    events: { event: string; error: string }[];
  };

  expect(figures.pipelines.find(({ name }) => name === 'mux')).toMatchObject({
    ...{ accepted: 1, exhausted: 1 },
    health: { successPercent: 0, retried: 0, redriven: 0, answeredMs: [took, took, took] },
  });
  expect(figures.pipelines.find(({ name }) => name === 'resend')?.health).toEqual({
    retried: 0,
    redriven: 0,
  });
  expect(figures.jobs.map(({ name }) => name)).toContain('retry-failed-webhooks');
  // The code says which kind of failure it is, the sentence what somebody can do about it.
  expect(figures.events.find((line) => line.event === event.id)?.error).toMatch(
    /^contradictory-film: .{10,}$/,
  );
});

test('an event is looked up and replayed, and the audit log says that it was from here', async () => {
  const { event, mend } = await anExhaustedEvent();
  const { stories } = (await (await fetch(`${page()}/event?id=${event.id}`)).json()) as {
    stories: object[];
  };
  expect(stories).toMatchObject([{ status: 'exhausted', errorCode: 'contradictory-film' }]);
  await mend();

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
  ['under another name that leads to this machine', { host: 'evil.example' }],
  ['from another origin', { origin: 'https://evil.example' }],
  ['as a form would, which a browser sends without asking', { 'content-type': 'text/plain' }],
])('nobody replays %s', async (_, headers) => {
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
  'in a browser at phone width, by keyboard: the failed event is seen, replayed, and gone (needs Chromium)',
  async () => {
    const { event, mend } = await anExhaustedEvent();
    await mend();
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
