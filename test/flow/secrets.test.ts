import { beforeAll, expect, test } from '@jest/globals';
import { makeCall } from '../../cli/ops/operations-client.ts';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { reportedWeek } from '../../lambdas/residency/reported-week.ts';
import { chooseMail } from '../../local/postgres/choose-mail.ts';
import { addFilm } from '../../local/postgres/sample-portal.ts';
import type { MuxEvent, MuxFilm } from '../../local/sandbox/mux-events.ts';
import { type ResendMail, resendEvent } from '../../local/sandbox/resend-events.ts';
import { eventually } from '../support/eventually.ts';
import { deliver, eventOf, functionNamed, useLocal } from '../support/local.ts';

const lines: string[] = [];
const local = useLocal({ onLine: (_, line) => lines.push(line) });
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const operate = (command: string, given: object = {}) =>
  makeCall({ url: local().url, region: 'ap-southeast-2', isLocal: true })({
    command,
    arguments: given,
  } as never);
const rotate = async (provider: Provider, how: object = {}) =>
  (await operate('secrets rotate', { provider, reason: 'it is due', ...how }))['step'];
const listed = async (provider: Provider) =>
  ((await operate('secrets list'))['secrets'] as Record<string, unknown>[]).find(
    (one) => one['provider'] === provider,
  );
const secretOf = (path: string) => local().secrets.find(`motion-mavericks/dev/${path}`);
const valuesOf = (provider: Provider) =>
  Object.values(secretOf(`${provider}/webhook-signing-secret`)?.versions ?? {});

/** Whatever has been a secret of any webhook. */
const secrets = new Set<string>();
const noteSecrets = () => {
  for (const value of [...valuesOf('mux'), ...valuesOf('resend')]) secrets.add(value);
};

let film: MuxFilm;
let mail: ResendMail;

beforeAll(async () => {
  film = await addFilm(local().pool, { status: 'processing' });
  await deliver(local(), eventOf(film, 'video.asset.ready'));
  mail = await chooseMail(local().pool, undefined);
}, 60_000);

/** Time goes on, also for verifiers, which would keep what they have read for five minutes. */
async function pass(milliseconds: number): Promise<void> {
  noteSecrets();
  local().age(milliseconds);
  await Promise.all(
    ['MuxVerifier', 'ResendVerifier'].map((name) => functionNamed(local(), name).kill()),
  );
}

const refusedByNewer: MuxEvent[] = [];

/** Both providers tell of something, and each of it is taken; Mux by each of its webhooks. */
async function arrive(times = 3): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const event = eventOf(film, 'video.asset.updated');
    const [oldest, ...newer] = (await local().mux.deliverToEach(event)).values();
    expect(oldest).toMatchObject({ statusCode: 200 });
    if (newer.some(({ statusCode }) => statusCode !== 200)) refusedByNewer.push(event);
    expect(
      await local().resend.deliver(resendEvent('email.delivered', mail, new Date())),
    ).toMatchObject({
      statusCode: 200,
    });
  }
}

/** What goes on while `work` does. */
async function whileArriving<Result>(work: () => Promise<Result>): Promise<Result> {
  let working = true;
  const arriving = (async () => {
    while (working) await arrive(1);
  })();
  try {
    return await work();
  } finally {
    working = false;
    await arriving;
  }
}

test('a secret that is due is told of by mail once a week, with the command, and listed', async () => {
  expect(await listed('mux')).toMatchObject({ standing: 'fresh', ageDays: 0, previous: 'none' });
  local().age(170 * DAY_MS);
  expect(await listed('mux')).toMatchObject({ standing: 'remind', ageDays: 170, previous: 'none' });

  const reminders = () =>
    local()
      .resend.mails()
      .filter(({ subject }) => subject.includes('due to be rotated'));
  const { to: monday } = reportedWeek(new Date());
  for (const days of [8, 9]) {
    const due = new Date(monday.getTime() + days * DAY_MS);
    await operate('jobs run', { name: 'check-secret-ages', at: due.toISOString() });
    const runs = () =>
      local().pool.query(
        `select 1 from portal.job_runs where scheduled_at = $1 and status = 'succeeded'`,
        [due],
      );
    await eventually(
      async () => (await runs()).rowCount,
      (count) => count === 1,
    );
  }
  // The relay leaves an entry to whoever made it for ten seconds.
  await local().pool.query(
    `update portal.outbox set created_at = created_at - interval '1 minute'`,
  );
  await operate('jobs run', { name: 'relay-outbox' });
  const [reminder] = await eventually(reminders, ({ length }) => length > 0);

  expect(reminder).toMatchObject({ to: ['reliability@dev.motion-mavericks.example'] });
  expect(reminder?.text).toContain('npm run ops -- secrets rotate resend --stage dev');
  expect(reminders()).toHaveLength(1);
}, 60_000);

test('both secrets are rotated while webhooks keep arriving: none is lost, and nothing is dropped before its time', async () => {
  await arrive();
  expect(await rotate('mux', { dryRun: true })).toBe('create');
  expect(local().muxWebhooks.all()).toHaveLength(1);

  await whileArriving(async () => {
    expect([await rotate('resend'), await rotate('mux')]).toEqual(['rotate', 'create']);
    await arrive();
    expect([await rotate('resend'), await rotate('mux')]).toEqual(['wait', 'wait']);
  });
  expect(local().muxWebhooks.all()).toHaveLength(2);
  expect(await listed('mux')).toMatchObject({
    ageDays: 0,
    previous: 'valid',
    previousLastUsed: expect.any(String),
  });

  await pass(HOUR_MS);
  await whileArriving(async () => {
    await arrive();
    expect([await rotate('resend'), await rotate('mux')]).toEqual(['wait', 'wait']);
  });

  await pass(27 * HOUR_MS);
  await whileArriving(async () => {
    await arrive();
    expect([await rotate('resend'), await rotate('mux')]).toEqual(['drop', 'disable']);
    await arrive();
    expect(await rotate('mux')).toBe('wait');
  });

  await pass(26 * HOUR_MS);
  await whileArriving(async () => {
    await arrive();
    // With the newer one at work, it is for silence that it waits.
    const answer = await operate('secrets rotate', { provider: 'mux', reason: 'it is due' });
    expect(answer).toMatchObject({ step: 'wait', notBefore: expect.any(String) });
  });
  await pass(2 * HOUR_MS);
  await whileArriving(async () => {
    await arrive();
    expect([await rotate('mux'), await rotate('mux'), await rotate('resend')]).toEqual([
      'drop',
      'done',
      'done',
    ]);
  });

  await pass(HOUR_MS);
  await arrive();
  expect(local().muxWebhooks.all()).toMatchObject([
    { enabled: true, address: expect.stringContaining('?rotation=') },
  ]);
  expect([valuesOf('mux'), valuesOf('resend')].map(({ length }) => length)).toEqual([1, 1]);
  expect(await listed('resend')).toMatchObject({ standing: 'fresh', previous: 'none' });
  // Of those that came a moment before their secret was stored, Mux makes another attempt.
  for (const event of refusedByNewer)
    expect(await local().mux.deliver(event)).toMatchObject({ statusCode: 200 });
}, 120_000);

test('what a run has left behind, that died between the provider and the store, is made good by the next', async () => {
  await pass(8 * DAY_MS);
  const [working] = local().muxWebhooks.all();
  local().muxWebhooks.create(`${working?.address.split('?')[0]}?rotation=lost`);
  const key = secretOf('resend/webhooks-api-key')?.versions['AWSCURRENT'];
  const rotated = await fetch(
    `${local().resend.url}/webhooks/4dd369bc-aa82-4ff3-97de-514ae3000ee0/signing-secret/rotate`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
    },
  );
  const { signing_secret: lost } = (await rotated.json()) as { signing_secret: string };

  expect(await rotate('resend')).toBe('adopt');
  expect(valuesOf('resend')).toContain(lost);
  expect(await rotate('mux')).toBe('wait');
  await pass(3 * 60_000);
  expect([await rotate('mux'), await rotate('mux')]).toEqual(['discard', 'create']);
  await pass(HOUR_MS);
  await arrive();
});

test.each<[string, Provider, string, string]>([
  [
    'missing',
    'resend',
    '',
    'put the provider’s key into motion-mavericks/dev/resend/webhooks-api-key first',
  ],
  ['one for sending', 'resend', 'sending', 'the key needs full access'],
  ['no token', 'mux', 'something', 'is not JSON with tokenId and tokenSecret'],
])(
  'a key for the webhooks that is %s is told of, and changes nothing',
  async (_, provider, value, sentence) => {
    const path = `${provider}/webhooks-api-${provider === 'mux' ? 'token' : 'key'}`;
    const name = secretOf(path)?.name ?? '';
    const before = secretOf(path)?.versions['AWSCURRENT'] ?? '';
    local().secrets.put(
      name,
      value === 'sending' ? (secretOf('resend/api-key')?.versions['AWSCURRENT'] ?? '') : value,
    );
    const versions = valuesOf(provider);

    await expect(rotate(provider)).rejects.toThrow(sentence);

    expect(valuesOf(provider)).toEqual(versions);
    local().secrets.put(name, before);
  },
);

test('who rotated and why is on record, and no secret is in it or in any line of any function', async () => {
  noteSecrets();
  const { rows } = await local().pool.query(
    `select operator, reason, result from portal.operator_actions where command = 'secrets rotate' order by at`,
  );

  expect(rows.map(({ result }) => result.step)).toEqual(
    expect.arrayContaining(['rotate', 'create', 'disable', 'drop', 'adopt']),
  );
  expect(rows.map(({ result }) => result)).toContainEqual({
    ...{ outcome: 'failed', error: expect.stringContaining('the key needs full access') },
  });
  for (const { operator, reason } of rows)
    expect([operator, reason]).toEqual([expect.stringMatching(/local-operator$/), 'it is due']);
  expect(secrets.size).toBeGreaterThanOrEqual(6);
  expect(lines.length).toBeGreaterThan(50);
  const told = [JSON.stringify(rows), ...lines];
  expect([...secrets].filter((secret) => told.some((text) => text.includes(secret)))).toEqual([]);
});
