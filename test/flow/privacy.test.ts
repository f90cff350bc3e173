import { createHmac, randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { makeRunCommand, type OperationResult } from '../../cli/ops/operations-client.ts';
import { metricFamilies } from '../../lambdas/catalog/metrics.ts';
import type { CommandName } from '../../lambdas/catalog/operator-commands.ts';
import {
  type Provider,
  processorSecrets,
  providers,
  webhookKeys,
  webhookPath,
} from '../../lambdas/catalog/providers.ts';
import { dataIdentifiers } from '../../lib/data-identifiers.ts';
import { waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import { addMember } from '../../local/postgres/sample-portal.ts';
import { resendEvent } from '../../local/sandbox/resend-events.ts';
import { emittedBy, familiesOf, keysOf, watchedKeys } from '../support/emitted-metrics.ts';
import { eventually } from '../support/eventually.ts';
import { everyBody, everyFixture } from '../support/fixtures.ts';
import { functionNamed, useLocal, waitForEmptyQueues } from '../support/local.ts';
import { privateTextsIn, signatureShapes, textsOfSecret } from '../support/private-texts.ts';
import { muxSignature, unixSeconds } from '../support/providers/mux.ts';

interface Line {
  readonly by: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const lines: Line[] = [];
const local = useLocal({
  timeScale: 1 / 60,
  onLine: (by, text) => lines.push({ by, text, fields: fieldsOf(text) }),
});

const WAIT_MS = 180_000;
/** What went in and must not come out, collected on the way. */
const forbidden = new Set<string>();
/** Event ids, once for each delivery that was taken. */
const taken: string[] = [];
const member = { name: 'Quilla Vex', email: 'quilla.zyxwvut@members.example' };
const secrets = [
  'database',
  'resend/api-key',
  'mux/api-token',
  ...Object.entries(webhookKeys).map(([provider, name]) => `${provider}/${name}`),
  ...providers.flatMap((provider) =>
    ['webhook-signing-secret', ...Object.values(processorSecrets[provider])].map(
      (name) => `${provider}/${name}`,
    ),
  ),
];
const secretNamed = (path: string) =>
  local().secrets.find(`motion-mavericks/dev/${path}`)?.versions['AWSCURRENT']?.value ?? '';

beforeAll(async () => {
  for (const { text } of everyFixture()) forbid(...privateTextsIn(JSON.parse(text)));
  forbid(member.email, 'zyxwvut');
  for (const path of secrets)
    forbid(...textsOfSecret(secretNamed(path) || fail(`There is no secret ${path}.`)));
  await ownFixtureFilm();
  for (const { provider, text } of inOrder(everyBody())) {
    await post(provider, text, { genuine: true });
    await waitUntilComplete(local().inspect, provider, taken.at(-1) ?? '', 20_000);
  }
  await everyRefusal();
  await everyCommand();
  await waitForEmptyQueues(local());
  await everyOperation();
  await aHopelessMail();
  await aBounceOfNoKnownType();
  await everyJob();
  await anOutage();
  await waitForEmptyQueues(local());
  const { rows } = await local().pool.query(
    `select playback_url as url from portal.assets where playback_url is not null`,
  );
  for (const { url } of rows) forbid(...privateTextsIn(url));
}, WAIT_MS);

/** As it happened: what comes after the end of a film has no mail. */
const inOrder = (bodies: ReturnType<typeof everyBody>) =>
  bodies.toSorted((one, other) => timeOf(one.text) - timeOf(other.text));
const timeOf = (body: string) => new Date(JSON.parse(body).created_at).getTime();

/** The portal knows the film of the fixtures, so that they have effects and mails. */
async function ownFixtureFilm(): Promise<void> {
  const owner = await addMember(local().pool, member);
  const { passthrough } = JSON.parse(
    everyBody().find(({ text }) => text.includes('passthrough'))?.text ?? '{}',
  ).data;
  await local().pool.query(
    `insert into portal.assets (id, owner_id, title, status) values ($1, $2, 'Night cut', 'awaiting-upload')`,
    [passthrough, owner.id],
  );
}

async function post(
  provider: Provider,
  body: string,
  { genuine }: { genuine: boolean },
): Promise<number> {
  const id = `msg_${randomUUID()}`;
  const headers = signed(
    provider,
    id,
    body,
    genuine ? undefined : 'whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==',
  );
  forbid(...signaturesIn(headers));
  const response = await fetch(`${local().url}${webhookPath(provider)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  if (response.status === 200) taken.push(provider === 'mux' ? JSON.parse(body).id : id);
  return response.status;
}

const signaturesIn = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).flatMap(([name, value]) => (name.endsWith('signature') ? [value] : []));

function signed(
  provider: Provider,
  id: string,
  body: string,
  other?: string,
): Record<string, string> {
  const secret = other ?? secretNamed(`${provider}/webhook-signing-secret`);
  if (provider === 'mux') return { 'mux-signature': muxSignature(body, { secret }) };
  const timestamp = String(unixSeconds(new Date()));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` };
}

/** What is turned away, what is no JSON, and what can never be read: each full of what is private. */
async function everyRefusal(): Promise<void> {
  for (const { provider, text } of everyBody())
    expect(await post(provider, text, { genuine: false })).toBe(400);
  const leak =
    'lost.soul@members.example https://a.example/b?signature=abcdef0123456789 Bearer abcdef0123456789';
  forbid(...privateTextsIn(leak), 'abcdef0123456789', 'lost.soul');
  expect(await post('mux', `{"broken": "${leak}"`, { genuine: true })).toBe(400);
  const poison = {
    created_at: leak,
    data: { id: leak, email_id: leak, to: leak, passthrough: leak, url: leak },
  };
  expect(
    await post('mux', JSON.stringify({ id: randomUUID(), type: 'video.asset.ready', ...poison }), {
      genuine: true,
    }),
  ).toBe(200);
  expect(
    await post('resend', JSON.stringify({ type: 'email.bounced', ...poison }), { genuine: true }),
  ).toBe(200);
}

async function everyCommand(): Promise<void> {
  const { rows } = await local().pool.query(
    `select asset.id, owner_id from portal.assets as asset join portal.users as owner on owner.id = owner_id where email = $1`,
    [member.email],
  );
  const { id: assetId, owner_id: ownerId } = rows[0];
  await eventually(
    async () =>
      (await local().pool.query('select status from portal.assets where id = $1', [assetId]))
        .rows[0].status,
    (status) => status !== 'awaiting-upload',
  );
  await local().pool.query(`update portal.assets set status = 'ready' where id = $1`, [assetId]);
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const share = await command('share-links', { assetId, ownerId, expiresAt, label: member.email });
  const { token } = /(?<token>[\w-]{20,})$/.exec(JSON.parse(share).url)?.groups ?? {};
  const upload = await command('uploads', { ownerId, title: `For ${member.email}` });
  forbid(token ?? fail('A share link has no token.'), ...privateTextsIn(JSON.parse(upload)));
  await command('uploads', { ownerId: randomUUID(), title: member.email });
}

async function command(path: string, body: object): Promise<string> {
  const response = await fetch(`${local().url}/api/v1/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `"${randomUUID()}"`,
      authorization: 'AWS4-HMAC-SHA256 Credential=LOCAL, Signature=feedbeeffeedbeeffeedbeef',
    },
    body: JSON.stringify(body),
  });
  forbid('feedbeeffeedbeeffeedbeef');
  return response.text();
}

/** Commands of operators that name somebody, answer with a body or a signature, and fail; and the widget. */
async function everyOperation(): Promise<void> {
  const call = makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true });
  const operate = (name: CommandName, given: object) =>
    call({ command: name, arguments: { ...given } }).catch((error: Error) => ({
      refused: error.message,
    }));
  await local().pool.query(
    `insert into portal.email_suppressions (address, suppressed, reason, since, source, event_id)
     values ($1, true, 'complaint', now(), 'resend', 'e')`,
    [member.email],
  );
  await operate('suppressions lift', {
    address: member.email,
    reason: `asked for by ${member.email}`,
  });
  await operate('events show', { provider: 'mux', event: taken[0] });
  await operate('events list', { type: member.email });
  for (const provider of providers) {
    const signed: OperationResult = await operate('smoke sign', { provider });
    const headers = signed['headers'] as Readonly<Record<string, string>>;
    forbid(...signaturesIn(headers));
    const body = String(signed['body']);
    const { status } = await fetch(`${local().url}${webhookPath(provider)}`, {
      method: 'POST',
      headers,
      body,
    });
    expect(status).toBe(200);
  }
  local().secrets.put(
    'motion-mavericks/dev/resend/webhook-signing-secret',
    'whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==!',
  );
  expect(await operate('smoke sign', { provider: 'resend' })).toHaveProperty('refused');
  await functionNamed(local(), 'OperationsEventsWidget').invoke({
    widgetContext: { dashboardName: member.email, forms: { all: { event: member.email } } },
    action: 'search',
  });
}

/** There is no template for it, so that no retry can help. */
async function aHopelessMail(): Promise<void> {
  const id = randomUUID();
  const detail = {
    version: 1,
    id,
    occurredAt: new Date(),
    source: 'mux',
    eventId: 'e',
    notificationId: id,
  };
  const made = new Date(Date.now() - 60_000);
  await local().pool.query(
    `insert into portal.notifications (id, recipient, kind, params, source, event_id, created_at)
     values ($1, $2, 'no-such-kind', '{}', 'mux', 'e', $3)`,
    [id, `${member.email}.au`, made],
  );
  await local().pool.query(
    `insert into portal.outbox (id, type, detail, created_at) values ($1, 'notification.requested', $2, $3)`,
    [id, JSON.stringify(detail), made],
  );
  local().scheduler.runNow(relay(), new Date(Date.now() - 3_600_000));
  const status = async () =>
    (await local().pool.query('select mail_status from portal.notifications where id = $1', [id]))
      .rows[0]?.mail_status;
  expect(await eventually(status, (settled) => settled === 'failed')).toBe('failed');
}

async function aBounceOfNoKnownType(): Promise<void> {
  const mail = local().resend.mails().at(-1) ?? fail('No mail has been sent.');
  const event = resendEvent('email.bounced', mail, new Date());
  await local().resend.deliver({ ...event, data: { ...event.data, bounce: { type: 'Puzzling' } } });
  await waitUntilComplete(local().inspect, 'resend', event.id, 20_000);
}

const schedules = () => local().scheduler.upcoming();
const relay = () => schedules().find(({ name }) => name.includes('Relay'))?.name ?? '';
const runs = () =>
  lines.filter(
    ({ fields }) => fields['message'] === 'Job run' || fields['message'] === 'Job failed',
  );

async function everyJob(): Promise<void> {
  const before = runs().length;
  expect(schedules().length).toBeGreaterThan(5);
  for (const { name } of schedules()) local().scheduler.runNow(name, new Date());
  await eventually(runs, ({ length }) => length >= before + schedules().length);
}

/** Postgres goes away while events and a job need it. */
async function anOutage(): Promise<void> {
  await local().database.server?.stop();
  const [first] = everyBody();
  if (first === undefined) return;
  await post(first.provider, first.text, { genuine: true });
  const before = lines.length;
  local().scheduler.runNow(relay(), new Date(Date.now() + 60_000));
  const since = (wanted: (line: Line) => boolean) => lines.slice(before).some(wanted);
  await eventually(
    () =>
      since(({ by }) => by.includes('Relay')) &&
      since(({ fields }) => fields['outcome'] === 'retried'),
    Boolean,
  );
  await local().database.server?.restart();
}

function forbid(...texts: readonly string[]): void {
  for (const text of texts) if (text !== '') forbidden.add(text);
}

function fail(message: string): never {
  throw new Error(message);
}

function fieldsOf(text: string): Line['fields'] {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

test('every function has written lines, and metrics with them', () => {
  const silent = local()
    .functions.all.map(({ name }) => name)
    .filter((name) => !lines.some(({ by }) => by === name));

  // It answers, and has nothing to tell where nothing fails.
  expect(silent).toEqual(['OperationsEventsWidget']);
  expect(lines.filter(({ fields }) => '_aws' in fields).length).toBeGreaterThan(20);
  expect(lines.filter(({ fields }) => fields['level'] === 'ERROR').length).toBeGreaterThan(2);
});

test('no line of any function holds an address, a token, a secret, a signature or a signed URL', () => {
  const leaks = lines.flatMap(({ by, text }) => [
    ...[...forbidden].filter((one) => text.includes(one)).map((one) => ({ by, one, text })),
    ...signatureShapes
      .filter((shape) => shape.test(text))
      .map((shape) => ({ by, one: String(shape), text })),
  ]);

  expect(forbidden.size).toBeGreaterThan(40);
  expect(leaks).toEqual([]);
});

test('the net of CloudWatch under our redaction catches nothing', () => {
  const caught = lines.flatMap(({ by, text }) =>
    Object.entries(dataIdentifiers).flatMap(([name, pattern]) => {
      const found = new RegExp(pattern).exec(text)?.[0];
      return found === undefined ? [] : [{ by, name, found }];
    }),
  );

  expect(caught).toEqual([]);
});

const emitted = () => lines.flatMap(({ fields }) => emittedBy(fields) ?? []);

test('each line of metrics is one that lambdas/catalog/metrics.ts defines, with both sides of each ratio', () => {
  const unknown = emitted().filter((line) => familiesOf(line).length === 0);
  const sent = new Set(emitted().flatMap(familiesOf));

  expect(unknown).toEqual([]);
  expect(Object.keys(metricFamilies).filter((name) => !sent.has(name))).toEqual([]);
});

test('each metric of ours that an alarm looks at is sent under exactly those dimensions', async () => {
  const sent = new Set(emitted().flatMap(keysOf));
  const watched = await watchedKeys();

  expect(watched.length).toBeGreaterThan(25);
  expect(watched.filter(([key]) => !sent.has(key))).toEqual([]);
  // Where the tree has changed meanwhile, the templates are made anew.
}, 60_000);

test('each delivery that was taken has one audit line, and each of its events another, with payload and outcome', () => {
  const once = new Set(taken);
  const audited = (message: RegExp) =>
    lines
      .filter(
        ({ fields }) =>
          message.test(String(fields['message'])) && once.has(String(fields['eventId'])),
      )
      .filter(({ fields }) => fields['outcome'] !== 'retried');
  const idsOf = (some: readonly Line[]) =>
    some.map(({ fields }) => String(fields['eventId'])).sort();

  expect(taken.length).toBeGreaterThan(20);
  expect(idsOf(audited(/^Delivery /))).toEqual([...taken].sort());
  expect(idsOf(audited(/^Event /))).toEqual([...taken].sort());
  for (const { fields } of audited(/^(Delivery|Event) ./)) {
    expect(fields['code'] ?? fields['outcome']).toMatch(/^[a-z-]+$/);
    expect(fields).toHaveProperty('payload');
  }
});

test('a delivery that is not genuine has one audit line, and nothing of what it says is in it', () => {
  const rejected = lines.filter(({ fields }) => fields['code'] === 'signature-mismatch');

  expect(rejected).toHaveLength(everyBody().length);
  expect(rejected.filter(({ fields }) => 'payload' in fields || 'eventId' in fields)).toEqual([]);
});

test('an event is followed by its id from the verifier to the mail', () => {
  const sent = lines.find(
    ({ fields }) => fields['outcome'] === 'sent' && taken.includes(String(fields['eventId'])),
  );
  const told = lines
    .filter(({ fields }) => fields['eventId'] === sent?.fields['eventId'])
    .map(({ by }) => by);

  expect(new Set(told)).toEqual(
    new Set(
      [/Verifier/, /Processor/, /Sender/].map(
        (role) => told.find((by) => role.test(by)) ?? String(role),
      ),
    ),
  );
});

test('the domain of an address is kept, as a whole provider may refuse our mails', () => {
  expect(lines.some(({ text }) => text.includes('***@members.example'))).toBe(true);
});
