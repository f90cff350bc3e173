import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { makeRunCommand } from '../../cli/ops/operations-client.ts';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { reportedWeek } from '../../lambdas/residency/reported-week.ts';
import { chooseMail } from '../../local/postgres/choose-mail.ts';
import { addAsset } from '../../local/postgres/sample-portal.ts';
import { eventually } from '../support/eventually.ts';
import { deliver, eventOf, functionNamed, useLocal } from '../support/local.ts';
import { makeRotationTraffic } from '../support/rotation-traffic.ts';

const lines: string[] = [];
const local = useLocal({ onLine: (_, line) => lines.push(line) });
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const operate = (command: string, given: object = {}) =>
  makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true })({
    command,
    arguments: given,
  } as never);
const rotate = async (provider: Provider, options: object = {}) =>
  (await operate('secrets rotate', { provider, reason: 'it is due', ...options }))['action'];
const listed = async (provider: Provider) =>
  ((await operate('secrets list'))['secrets'] as Record<string, unknown>[]).find(
    (secret) => secret['provider'] === provider,
  );
const secretOf = (path: string) => local().secrets.find(`motion-mavericks/dev/${path}`);
const valuesOf = (provider: Provider) =>
  Object.values(secretOf(`${provider}/webhook-signing-secret`)?.versions ?? {}).map(
    ({ value }) => value,
  );

/** Every signing secret that existed during the tests. */
const knownSecrets = new Set<string>();
const noteSecrets = () => {
  for (const value of [...valuesOf('mux'), ...valuesOf('resend')]) knownSecrets.add(value);
};

let traffic: ReturnType<typeof makeRotationTraffic>;

beforeAll(async () => {
  const asset = await addAsset(local().pool, { status: 'processing' });
  await deliver(local(), eventOf(asset, 'video.asset.ready'));
  const mail = await chooseMail(local().pool, undefined);
  traffic = makeRotationTraffic({ local, asset, mail });
});

/**
 * Waits until no function has written a line for 0.3 s. A line can come after the answer of its
 * function, and a metric that comes after the time has advanced would be taken for a later one.
 */
async function untilQuiet(): Promise<void> {
  const count = lines.length;
  await setTimeout(300);
  if (lines.length > count) await untilQuiet();
}

/** Advances the time and restarts the verifiers, which cache a secret for five minutes. */
async function pass(milliseconds: number): Promise<void> {
  noteSecrets();
  await untilQuiet();
  local().age(milliseconds);
  await Promise.all(
    ['MuxVerifier', 'ResendVerifier'].map((name) => functionNamed(local(), name).kill()),
  );
}

test('sends a weekly mail about a due secret, and lists it as due', async () => {
  expect(await listed('mux')).toMatchObject({ status: 'fresh', ageDays: 0, previous: 'none' });
  local().age(170 * DAY_MS);
  expect(await listed('mux')).toMatchObject({ status: 'due', ageDays: 170, previous: 'none' });

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
  // The relay ignores entries of the last ten seconds, because their creator publishes them.
  await local().pool.query(
    `update portal.outbox set created_at = created_at - interval '1 minute'`,
  );
  await operate('jobs run', { name: 'relay-outbox' });
  const [reminder] = await eventually(reminders, ({ length }) => length > 0);

  expect(reminder).toMatchObject({ to: ['reliability@dev.motion-mavericks.example'] });
  expect(reminder?.text).toContain('npm run ops -- secrets rotate resend --stage dev');
  expect(reminders()).toHaveLength(1);
});

test('rotates both secrets under traffic without losing an event', async () => {
  await traffic.send();
  expect(await rotate('mux', { dryRun: true })).toBe('create');
  expect(local().muxWebhooks.all()).toHaveLength(1);

  await traffic.during(async () => {
    expect([await rotate('resend'), await rotate('mux')]).toEqual(['rotate', 'create']);
    await traffic.send();
    expect([await rotate('resend'), await rotate('mux')]).toEqual(['wait', 'wait']);
  });
  expect(local().muxWebhooks.all()).toHaveLength(2);
  expect(await listed('mux')).toMatchObject({
    ageDays: 0,
    previous: 'valid',
    previousLastUsed: expect.any(String),
  });

  await pass(HOUR_MS);
  await traffic.during(async () => {
    await traffic.send();
    expect([await rotate('resend'), await rotate('mux')]).toEqual(['wait', 'wait']);
  });

  await pass(27 * HOUR_MS);
  await traffic.during(async () => {
    await traffic.send();
    expect([await rotate('resend'), await rotate('mux')]).toEqual(['drop', 'disable']);
    await traffic.send();
    expect(await rotate('mux')).toBe('wait');
  });

  await pass(26 * HOUR_MS);
  await traffic.during(async () => {
    await traffic.send();
    // The new webhook delivers, so the rotation waits until the old secret is unused for 27 h.
    const result = await operate('secrets rotate', { provider: 'mux', reason: 'it is due' });
    expect(result).toMatchObject({ action: 'wait', notBefore: expect.any(String) });
  });
  await pass(2 * HOUR_MS);
  await traffic.during(async () => {
    await traffic.send();
    expect([await rotate('mux'), await rotate('mux'), await rotate('resend')]).toEqual([
      'drop',
      'done',
      'done',
    ]);
  });

  await pass(HOUR_MS);
  await traffic.send();
  expect(local().muxWebhooks.all()).toMatchObject([
    { enabled: true, address: expect.stringContaining('?rotation=') },
  ]);
  expect([valuesOf('mux'), valuesOf('resend')].map(({ length }) => length)).toEqual([1, 1]);
  expect(await listed('resend')).toMatchObject({ status: 'fresh', previous: 'none' });
  await traffic.retryRejected();
});

test('repairs what a run left that died before it stored the new secret', async () => {
  await pass(8 * DAY_MS);
  const [webhook] = local().muxWebhooks.all();
  local().muxWebhooks.create(`${webhook?.address.split('?')[0]}?rotation=lost`);
  const key = secretOf('resend/webhooks-api-key')?.versions['AWSCURRENT']?.value;
  const rotated = await fetch(
    `${local().resend.url}/webhooks/4dd369bc-aa82-4ff3-97de-514ae3000ee0/signing-secret/rotate`,
    { method: 'POST', headers: { authorization: `Bearer ${key}` } },
  );
  const { signing_secret: lost } = (await rotated.json()) as { signing_secret: string };

  expect(await rotate('resend')).toBe('adopt');
  expect(valuesOf('resend')).toContain(lost);
  expect(await rotate('mux')).toBe('wait');
  await pass(3 * 60_000);
  expect([await rotate('mux'), await rotate('mux')]).toEqual(['discard', 'create']);
  await pass(HOUR_MS);
  await traffic.send();
});

test.each<[string, Provider, string, string]>([
  [
    'missing',
    'resend',
    '',
    'store the provider’s key in motion-mavericks/dev/resend/webhooks-api-key first',
  ],
  ['for sending only', 'resend', 'sending', 'the key needs full access'],
  ['not a token', 'mux', 'something', 'is not JSON with tokenId and tokenSecret'],
])(
  'explains a webhooks key that is %s, and changes nothing',
  async (_, provider, value, sentence) => {
    const path = `${provider}/webhooks-api-${provider === 'mux' ? 'token' : 'key'}`;
    const name = secretOf(path)?.name ?? '';
    const before = secretOf(path)?.versions['AWSCURRENT']?.value ?? '';
    local().secrets.put(
      name,
      value === 'sending'
        ? (secretOf('resend/api-key')?.versions['AWSCURRENT']?.value ?? '')
        : value,
    );
    const versions = valuesOf(provider);

    await expect(rotate(provider)).rejects.toThrow(sentence);

    expect(valuesOf(provider)).toEqual(versions);
    local().secrets.put(name, before);
  },
);

test('records operator and reason of each rotation, and never writes a secret', async () => {
  noteSecrets();
  const { rows } = await local().pool.query(
    `select operator, reason, result from portal.operator_actions
     where command = 'secrets rotate' order by at`,
  );

  expect(rows.map(({ result }) => result.action)).toEqual(
    expect.arrayContaining(['rotate', 'create', 'disable', 'drop', 'adopt']),
  );
  expect(rows.map(({ result }) => result)).toContainEqual({
    outcome: 'failed',
    error: expect.stringContaining('the key needs full access'),
  });
  for (const { operator, reason } of rows)
    expect([operator, reason]).toEqual([expect.stringMatching(/local-operator$/), 'it is due']);
  expect(knownSecrets.size).toBeGreaterThanOrEqual(6);
  expect(lines.length).toBeGreaterThan(50);
  const written = [JSON.stringify(rows), ...lines];
  expect(
    [...knownSecrets].filter((secret) => written.some((text) => text.includes(secret))),
  ).toEqual([]);
});
