import { createHmac, randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { type Provider, providers, webhookPath } from '../../../lambdas/catalog/providers.ts';
import { registry, webhooksKeys } from '../../../lambdas/providers/registry.ts';
import { waitUntilComplete } from '../../../local/postgres/inspect-event.ts';
import { addMember } from '../../../local/postgres/sample-portal.ts';
import { WAIT_MS } from '../eventually.ts';
import { everyBody, everyFixture } from '../fixtures.ts';
import { muxSignature, unixSeconds } from '../providers/mux.ts';
import { fail, forbid, type PrivacyRun } from './privacy-run.ts';
import { privateTextsIn, textsOfSecret } from './private-texts.ts';

export const WRONG_SECRET = 'whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==';

const secretPaths = [
  'database',
  'resend/api-key',
  'mux/api-token',
  ...[...webhooksKeys()].map(([provider, { name }]) => `${provider}/${name}`),
  ...providers.flatMap((provider) =>
    [
      'webhook-signing-secret',
      ...Object.values(registry[provider].processor.secrets).map(({ name }) => name),
    ].map((name) => `${provider}/${name}`),
  ),
];

const secretNamed = ({ local }: PrivacyRun, path: string) =>
  local().secrets.find(`motion-mavericks/dev/${path}`)?.versions['AWSCURRENT']?.value ?? '';

/** Forbids every private text of the fixtures, of the member and of the secrets. */
export function forbidKnownTexts(run: PrivacyRun): void {
  for (const { text } of everyFixture()) forbid(run, ...privateTextsIn(JSON.parse(text)));
  forbid(run, run.member.email, 'zyxwvut');
  for (const path of secretPaths)
    forbid(run, ...textsOfSecret(secretNamed(run, path) || fail(`There is no secret ${path}.`)));
}

/** Posts every fixture in order of time: an event after the deletion of its asset sends no mail. */
export async function postEveryBody(run: PrivacyRun): Promise<void> {
  await insertAssetOfFixtures(run);
  const timeOf = (body: string) => new Date(JSON.parse(body).created_at).getTime();
  const ordered = everyBody().toSorted((one, other) => timeOf(one.text) - timeOf(other.text));
  for (const { provider, text } of ordered) {
    await postWebhook(run, provider, text, { genuine: true });
    await waitUntilComplete(run.local().inspect, provider, run.acceptedIds.at(-1) ?? '', WAIT_MS);
  }
}

/** Inserts the asset of the fixtures, so that their events have effects and mails. */
async function insertAssetOfFixtures({ local, member }: PrivacyRun): Promise<void> {
  const owner = await addMember(local().pool, member);
  const { passthrough } = JSON.parse(
    everyBody().find(({ text }) => text.includes('passthrough'))?.text ?? '{}',
  ).data;
  await local().pool.query(
    `insert into portal.assets (id, owner_id, title, status)
     values ($1, $2, 'Night cut', 'awaiting-upload')`,
    [passthrough, owner.id],
  );
}

export async function postWebhook(
  run: PrivacyRun,
  provider: Provider,
  body: string,
  { genuine }: { genuine: boolean },
): Promise<number> {
  const id = `msg_${randomUUID()}`;
  const secret = genuine ? secretNamed(run, `${provider}/webhook-signing-secret`) : WRONG_SECRET;
  const headers = signedHeaders(provider, id, body, secret);
  forbid(run, ...signaturesIn(headers));
  const response = await fetch(`${run.local().url}${webhookPath(provider)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  if (response.status === 200) run.acceptedIds.push(provider === 'mux' ? JSON.parse(body).id : id);
  return response.status;
}

export const signaturesIn = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).flatMap(([name, value]) => (name.endsWith('signature') ? [value] : []));

function signedHeaders(
  provider: Provider,
  id: string,
  body: string,
  secret: string,
): Record<string, string> {
  if (provider === 'mux') return { 'mux-signature': muxSignature(body, { secret }) };
  const timestamp = String(unixSeconds(new Date()));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` };
}

/** Posts forged bodies, malformed JSON and unprocessable events, each with private texts. */
export async function postEveryInvalidBody(run: PrivacyRun): Promise<void> {
  for (const { provider, text } of everyBody())
    expect(await postWebhook(run, provider, text, { genuine: false })).toBe(400);
  const leak =
    'lost.soul@members.example https://a.example/b?signature=abcdef0123456789 ' +
    'Bearer abcdef0123456789';
  forbid(run, ...privateTextsIn(leak), 'abcdef0123456789', 'lost.soul');
  expect(await postWebhook(run, 'mux', `{"broken": "${leak}"`, { genuine: true })).toBe(400);
  const poison = {
    created_at: leak,
    data: { id: leak, email_id: leak, to: leak, passthrough: leak, url: leak },
  };
  const muxBody = JSON.stringify({ id: randomUUID(), type: 'video.asset.ready', ...poison });
  expect(await postWebhook(run, 'mux', muxBody, { genuine: true })).toBe(200);
  const resendBody = JSON.stringify({ type: 'email.bounced', ...poison });
  expect(await postWebhook(run, 'resend', resendBody, { genuine: true })).toBe(200);
}
