import { afterEach, expect, jest, test } from '@jest/globals';
import { makeOpenResponseCipher } from '../../../lambdas/portal-api/response-cipher.ts';
import { aSecret } from '../../support/secrets.ts';

const context = {
  operation: 'create-upload',
  caller: 'arn:aws:iam::1:role/a',
  key: 'k'.repeat(16),
};
const response = { uploadUrl: 'https://storage.example/1' };
const text = JSON.stringify(response);
const [first, second, third] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [
  string,
  string,
  string,
];

afterEach(() => {
  jest.restoreAllMocks();
});

test('decrypts responses across one rotation, also at once after it', async () => {
  const secret = aSecret({ AWSCURRENT: first });
  const open = makeOpenResponseCipher(secret.source);
  const old = (await open(context)).encrypt(response);

  Object.assign(secret.versions, { AWSCURRENT: second, AWSPREVIOUS: first });
  const elsewhere = makeOpenResponseCipher(secret.source);
  expect(await (await elsewhere(context)).decrypt(old)).toBe(text);
  // The first function has cached the old version, and reads the new one when it needs it.
  const fresh = (await elsewhere(context)).encrypt(response);
  expect(await (await open(context)).decrypt(fresh)).toBe(text);
});

test('reports a response whose secret was rotated away', async () => {
  const secret = aSecret({ AWSCURRENT: first });
  const old = (await makeOpenResponseCipher(secret.source)(context)).encrypt(response);
  Object.assign(secret.versions, { AWSCURRENT: third, AWSPREVIOUS: second });
  const cipher = await makeOpenResponseCipher(secret.source)(context);

  await expect(cipher.decrypt(old)).rejects.toMatchObject({
    problem: { type: 'response-unreadable' },
  });
});

test('asks for a retry while a version cannot be read', async () => {
  const secret = aSecret({ AWSCURRENT: first });
  const old = (await makeOpenResponseCipher(secret.source)(context)).encrypt(response);
  Object.assign(secret.versions, { AWSCURRENT: second, AWSPREVIOUS: new Error('throttled') });
  const cipher = await makeOpenResponseCipher(secret.source)(context);

  await expect(cipher.decrypt(old)).rejects.toMatchObject({ problem: { type: 'try-again' } });
  secret.versions.AWSPREVIOUS = first;
  expect(await cipher.decrypt(old)).toBe(text);
});

test('opens no cipher without a usable secret', async () => {
  const open = (versions: Parameters<typeof aSecret>[0]) =>
    makeOpenResponseCipher(aSecret(versions).source)(context);

  await expect(open({})).rejects.toMatchObject({ code: 'secret-missing' });
  await expect(open({ AWSCURRENT: 'short' })).rejects.toMatchObject({ code: 'secret-invalid' });
  await expect(open({ AWSCURRENT: new Error('throttled') })).rejects.toMatchObject({
    problem: { type: 'try-again', retryAfterSeconds: 5 },
  });
});

test('ignores a previous version that is too short', async () => {
  const secret = aSecret({ AWSCURRENT: first, AWSPREVIOUS: '' });
  const cipher = await makeOpenResponseCipher(secret.source)(context);

  expect(await cipher.decrypt(cipher.encrypt(response))).toBe(text);
});
