import { expect, test } from '@jest/globals';
import { cachedSecret, parsedSecret } from '../../../lambdas/platform/secret-cache.ts';
import { aSecret, secretId } from '../../support/secrets.ts';
import { useStdout } from '../../support/stdout.ts';

const stdout = useStdout();

test('fetches a secret once in five minutes', async () => {
  const secret = aSecret({ AWSCURRENT: ' first ' });
  const get = cachedSecret(secret.source);

  expect(await Promise.all([get(), get()])).toEqual(['first', 'first']);
  secret.versions.AWSCURRENT = 'second';
  secret.wait(299);
  expect(await get()).toBe('first');
  expect(secret.reads()).toBe(1);

  secret.wait(1);
  expect(await get()).toBe('second');
  expect(secret.reads()).toBe(2);
});

test.each([undefined, '', ' '])(
  'rejects the value %j with an error that contains the secret id',
  async (value) => {
    const secret = aSecret(value === undefined ? {} : { AWSCURRENT: value });

    await expect(cachedSecret(secret.source)()).rejects.toThrow(
      `The secret ${secretId} has no value.`,
    );
  },
);

test('does not cache a failed fetch', async () => {
  const secret = aSecret({ AWSCURRENT: new Error('ThrottlingException') });
  const get = cachedSecret(secret.source);

  await expect(get()).rejects.toThrow('ThrottlingException');
  secret.versions.AWSCURRENT = 'first';
  expect(await get()).toBe('first');
});

const failedReads = () => stdout.filter(({ SecretReadsFailed }) => SecretReadsFailed === 1).length;

test('keeps a value while it cannot be read again, and counts failed reads', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const get = cachedSecret(secret.source);

  await get();
  secret.versions.AWSCURRENT = new Error('InternalServiceError');
  secret.wait(300);
  expect(await Promise.all([get(), get()])).toEqual(['first', 'first']);
  secret.wait(29);
  expect(await get()).toBe('first');
  expect(failedReads()).toBe(1);

  secret.wait(1);
  expect(await get()).toBe('first');
  expect(failedReads()).toBe(2);
  expect(stdout).toContainEqual(
    expect.objectContaining({
      level: 'ERROR',
      message: 'Failed to read secret',
      secretId,
    }),
  );

  secret.versions.AWSCURRENT = 'second';
  secret.wait(30);
  expect(await get()).toBe('second');
});

test('forgets a value that an operator removed', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const get = cachedSecret(secret.source);

  await get();
  delete secret.versions.AWSCURRENT;
  secret.wait(300);

  await expect(get()).rejects.toThrow('has no value');
  secret.versions.AWSCURRENT = new Error('InternalServiceError');
  await expect(get()).rejects.toThrow('InternalServiceError');
});

test('a text that cannot be parsed counts as a failed read', async () => {
  const secret = aSecret({ AWSCURRENT: '{"n":1}' });
  const get = parsedSecret(secret.source, (text) => JSON.parse(text) as object);

  const first = await get();
  secret.wait(300);
  expect(await get()).toBe(first);

  secret.versions.AWSCURRENT = 'not JSON';
  secret.wait(300);
  expect(await get()).toBe(first);
  expect(failedReads()).toBe(1);

  secret.versions.AWSCURRENT = '{"n":2}';
  secret.wait(30);
  expect(await get()).toEqual({ n: 2 });
});

test('rejects a first text that cannot be parsed', async () => {
  const secret = aSecret({ AWSCURRENT: 'not JSON' });

  await expect(parsedSecret(secret.source, JSON.parse)()).rejects.toThrow('not valid JSON');
});
