import { expect, test } from '@jest/globals';
import {
  cachedSecret,
  type FetchSecret,
  type SecretVersion,
  signingSecrets,
} from '../../../lambdas/platform/secret-cache.ts';

const secretId = 'motion-mavericks/test/mux/webhook-signing-secret';

/** Makes a secret in memory with a clock that the test can move. */
function aSecret(versions: Partial<Record<SecretVersion, string | Error>>) {
  const reads: SecretVersion[] = [];
  let ms = Date.parse('2026-11-23T09:00:00Z');
  const fetch: FetchSecret = async (_, version) => {
    reads.push(version);
    const value = versions[version];
    if (value instanceof Error) throw value;
    return value;
  };
  return {
    source: { secretId, fetch, now: () => new Date(ms) },
    versions,
    reads: (version: SecretVersion = 'AWSCURRENT') =>
      reads.filter((read) => read === version).length,
    wait: (seconds: number) => {
      ms += seconds * 1000;
    },
  };
}

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
    await expect(signingSecrets(secret.source).current()).rejects.toMatchObject({
      code: 'secret-missing',
    });
  },
);

test('does not cache a failed fetch', async () => {
  const secret = aSecret({ AWSCURRENT: new Error('ThrottlingException') });
  const get = cachedSecret(secret.source);

  await expect(get()).rejects.toThrow('ThrottlingException');
  secret.versions.AWSCURRENT = 'first';
  expect(await get()).toBe('first');
});

test('returns the current and the previous version, if there is one', async () => {
  const rotated = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: ' old ' });
  const neverRotated = aSecret({ AWSCURRENT: 'only' });
  const blankBefore = aSecret({ AWSCURRENT: 'only', AWSPREVIOUS: ' ' });

  expect(await signingSecrets(rotated.source).reload()).toEqual([
    { version: 'AWSCURRENT', value: 'new' },
    { version: 'AWSPREVIOUS', value: 'old' },
  ]);
  for (const { source } of [neverRotated, blankBefore]) {
    expect(await signingSecrets(source).reload()).toEqual([
      { version: 'AWSCURRENT', value: 'only' },
    ]);
  }
});

test('fetches the previous version at the first reload and then caches it', async () => {
  const secret = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: 'old' });
  const secrets = signingSecrets(secret.source);

  expect(await secrets.current()).toEqual([{ version: 'AWSCURRENT', value: 'new' }]);
  expect(secret.reads('AWSPREVIOUS')).toBe(0);

  await secrets.reload();
  secret.wait(299);
  expect((await secrets.current()).map(({ value }) => value)).toEqual(['new', 'old']);
  expect(secret.reads('AWSPREVIOUS')).toBe(1);
});

test('rejects a previous version without a current one, and one that cannot be read', async () => {
  const withoutCurrent = aSecret({ AWSPREVIOUS: 'old' });
  const unreadable = aSecret({
    AWSCURRENT: 'new',
    AWSPREVIOUS: new Error('AccessDeniedException'),
  });

  await expect(signingSecrets(withoutCurrent.source).current()).rejects.toMatchObject({
    code: 'secret-missing',
  });
  await expect(signingSecrets(withoutCurrent.source).reload()).rejects.toMatchObject({
    code: 'secret-missing',
  });
  await expect(signingSecrets(unreadable.source).reload()).rejects.toThrow('AccessDeniedException');
});

test('a failed reload stays failed for 30 s, so that no delivery counts as forged', async () => {
  const secret = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: new Error('InternalServiceError') });
  const secrets = signingSecrets(secret.source);

  await secrets.current();
  await expect(secrets.reload()).rejects.toThrow('InternalServiceError');
  secret.versions.AWSPREVIOUS = 'old';
  secret.wait(29);
  await expect(secrets.reload()).rejects.toThrow('InternalServiceError');
  expect(secret.reads('AWSPREVIOUS')).toBe(1);

  secret.wait(1);
  expect(await secrets.reload()).toHaveLength(2);
});

test('a slow fetch does not replace the value of a reload that started later', async () => {
  const reads: ((value: string) => void)[] = [];
  const fetch: FetchSecret = (_, version) =>
    version === 'AWSPREVIOUS'
      ? Promise.resolve(undefined)
      : new Promise((resolve) => reads.push(resolve));
  const secrets = signingSecrets({ secretId, fetch, now: () => new Date(0) });

  const slow = secrets.current();
  const fast = secrets.reload();
  reads[1]?.('second');
  await fast;
  reads[0]?.('first');
  await slow;

  expect(await secrets.current()).toEqual([{ version: 'AWSCURRENT', value: 'second' }]);
});

test('reloads at most every 30 seconds', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const secrets = signingSecrets(secret.source);
  const reloadedValue = async () => (await secrets.reload())[0]?.value;

  await secrets.current();
  secret.versions.AWSCURRENT = 'second';
  expect(await reloadedValue()).toBe('second');
  secret.versions.AWSCURRENT = 'third';
  secret.wait(29);
  expect(await reloadedValue()).toBe('second');
  expect(secret.reads()).toBe(2);

  secret.wait(1);
  expect(await reloadedValue()).toBe('third');
  expect((await secrets.current())[0]?.value).toBe('third');
  expect(secret.reads()).toBe(3);
});

test('a failed reload rejects and keeps the cached value', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const secrets = signingSecrets(secret.source);

  await secrets.current();
  secret.versions.AWSCURRENT = new Error('InternalServiceError');

  await expect(secrets.reload()).rejects.toThrow('InternalServiceError');
  expect(await secrets.current()).toEqual([{ version: 'AWSCURRENT', value: 'first' }]);
});

test('concurrent reloads share one fetch', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const secrets = signingSecrets(secret.source);

  await secrets.current();
  secret.versions.AWSCURRENT = 'second';
  const both = await Promise.all([secrets.reload(), secrets.reload()]);

  expect(both.map(([current]) => current?.value)).toEqual(['second', 'second']);
  expect(secret.reads()).toBe(2);
});
