import { randomBytes, randomUUID } from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import { decryptResponse } from '../../../lambdas/portal-api/encrypt-response.ts';
import { ACCOUNT_ID } from '../../../local/aws/account-id.ts';
import { addAsset, members } from '../../../local/postgres/sample-portal.ts';
import { eventually } from '../../support/eventually.ts';
import { functionNamed, useLocal } from '../../support/local.ts';
import { makePostPortal } from '../../support/portal-api/portal-journey.ts';

jest.setTimeout(60_000);

const local = useLocal();
const post = makePostPortal(local);
const secretName = 'motion-mavericks/dev/portal-api/response-secret';

/** Stores a value and restarts the function, which caches the secret for five minutes. */
async function store(value: string): Promise<void> {
  local().secrets.put(secretName, value);
  await functionNamed(local(), 'CommandsCreateUpload').kill();
}

async function storedResponses(): Promise<readonly string[]> {
  const { rows } = await local().pool.query<{ response: string }>(
    `select response from portal.idempotency_records where id like 'create-upload#%'`,
  );
  return rows.map(({ response }) => JSON.parse(response));
}

test('a stored response needs the server secret, and survives one replacement of it', async () => {
  const key = randomUUID();
  const createUpload = () =>
    post('uploads', { key, body: { ownerId: members.mira.id, title: 'Encrypted' } });
  const first = await createUpload();
  expect(first.status).toBe(201);

  const [stored = ''] = await storedResponses();
  const caller = `arn:aws:iam::${ACCOUNT_ID}:user/local-operator`;
  const context = { operation: 'create-upload', caller, key };
  const secret = local().secrets.find(secretName)?.versions['AWSCURRENT']?.value ?? '';
  expect(decryptResponse(stored, context, [secret])).toBe(first.text);
  for (const guesses of [[], [key], [''], [randomBytes(48).toString('base64')]])
    expect(decryptResponse(stored, context, guesses)).toBeUndefined();

  await store('b'.repeat(64));
  expect(await createUpload()).toMatchObject({ status: 201, text: first.text });
  await store('c'.repeat(64));
  expect(await createUpload()).toMatchObject({
    status: 410,
    json: { type: 'response-unreadable' },
  });
});

test('without a usable secret nothing is created', async () => {
  const count = async () => (await local().pool.query('select from portal.assets')).rowCount;
  const before = await count();
  await store('too short');
  const body = { ownerId: members.mira.id, title: 'Not created' };
  expect(await post('uploads', { body })).toMatchObject({ status: 500, json: { type: 'failed' } });
  expect(await count()).toBe(before);

  await store('d'.repeat(64));
  expect(await post('uploads', { body })).toMatchObject({ status: 201 });
});

test('a replay reports that its URL has expired, and how to get another one', async () => {
  const asset = await addAsset(local().pool, { status: 'ready' });
  const key = randomUUID();
  const body = {
    assetId: asset.passthrough,
    ownerId: asset.creatorId,
    expiresAt: new Date(Date.now() + 2_000).toISOString(),
  };
  const share = () => post('share-links', { key, body });
  const first = await share();
  expect(first.status).toBe(201);

  const replay = await eventually(share, ({ headers }) => headers.has('url-expired'));
  expect(replay).toMatchObject({ status: 201, text: first.text });
  expect(replay.headers.get('link')).toMatch(/^<\/api\/v1\/share-links>; rel="create-form"/);
});

test('operators see the age of the secret and never its value', async () => {
  const response = await post('operations/secrets/list', { body: {} });

  expect(response.json.secrets).toContainEqual(
    expect.objectContaining({ provider: 'portal-api', status: 'generated', previous: 'valid' }),
  );
  expect(response.text).not.toContain('d'.repeat(64));
});
