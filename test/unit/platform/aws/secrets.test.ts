import { expect, test } from '@jest/globals';
import { fetchSecretValue } from '../../../../lambdas/platform/aws/secrets.ts';
import {
  cachedSecret,
  type FetchSecret,
  type SecretVersion,
  signingSecrets,
} from '../../../../lambdas/platform/secret-cache.ts';
import { answers, fails, useAwsService } from '../../../support/aws-service.ts';
import { useStdout } from '../../../support/stdout.ts';

const service = useAwsService({ keepsPort: true });
useStdout();

const secretId = 'motion-mavericks/test/mux/webhook-signing-secret';

/** A secret in memory, and a clock that a test can move. */
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

test('reads the version that was asked for, without the white space that an editor left', async () => {
  service.behaves(answers(200, { SecretString: '  s3cr3t\n' }));

  expect(await fetchSecretValue(secretId, 'AWSPREVIOUS')).toBe('s3cr3t');
  expect(service.requests).toMatchObject([
    {
      headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
      input: { SecretId: secretId, VersionStage: 'AWSPREVIOUS' },
    },
  ]);
});

test.each([
  ['a secret or version that does not exist', fails(400, 'ResourceNotFoundException')],
  ['an empty value', answers(200, { SecretString: '' })],
  ['a blank value', answers(200, { SecretString: ' \n' })],
  ['a binary value', answers(200, { SecretBinary: 'AAEC' })],
])('%s is no secret', async (_, behaviour) => {
  service.behaves(behaviour);

  expect(await fetchSecretValue(secretId, 'AWSCURRENT')).toBeUndefined();
});

test.each([
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidRequestException',
  'InternalServiceError',
])(
  'a secret that cannot be read (%s) is an error, not a secret that does not exist',
  async (type) => {
    service.behaves(fails(400, type));

    await expect(fetchSecretValue(secretId, 'AWSPREVIOUS')).rejects.toMatchObject({ name: type });
  },
);

test('a secret is read once in five minutes', async () => {
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
  'a secret with the value %j is an error that names it',
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

test('a read that failed is not remembered', async () => {
  const secret = aSecret({ AWSCURRENT: new Error('ThrottlingException') });
  const get = cachedSecret(secret.source);

  await expect(get()).rejects.toThrow('ThrottlingException');
  secret.versions.AWSCURRENT = 'first';
  expect(await get()).toBe('first');
});

test('signing secrets are the current version and, where there is one, the previous', async () => {
  const rotated = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: ' old ' });
  const neverRotated = aSecret({ AWSCURRENT: 'only' });
  const clearedBefore = aSecret({ AWSCURRENT: 'only', AWSPREVIOUS: ' ' });

  expect(await signingSecrets(rotated.source).reload()).toEqual([
    { version: 'AWSCURRENT', value: 'new' },
    { version: 'AWSPREVIOUS', value: 'old' },
  ]);
  for (const { source } of [neverRotated, clearedBefore]) {
    expect(await signingSecrets(source).reload()).toEqual([
      { version: 'AWSCURRENT', value: 'only' },
    ]);
  }
});

test('the previous version is read for a delivery that needs it, and then known like the current one', async () => {
  const secret = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: 'old' });
  const secrets = signingSecrets(secret.source);

  expect(await secrets.current()).toEqual([{ version: 'AWSCURRENT', value: 'new' }]);
  expect(secret.reads('AWSPREVIOUS')).toBe(0);

  await secrets.reload();
  secret.wait(299);
  expect((await secrets.current()).map(({ value }) => value)).toEqual(['new', 'old']);
  expect(secret.reads('AWSPREVIOUS')).toBe(1);
});

test('a previous version alone is not enough, and one that cannot be read is not passed over', async () => {
  const abandoned = aSecret({ AWSPREVIOUS: 'old' });
  const unreadable = aSecret({
    AWSCURRENT: 'new',
    AWSPREVIOUS: new Error('AccessDeniedException'),
  });

  await expect(signingSecrets(abandoned.source).current()).rejects.toMatchObject({
    code: 'secret-missing',
  });
  await expect(signingSecrets(abandoned.source).reload()).rejects.toMatchObject({
    code: 'secret-missing',
  });
  await expect(signingSecrets(unreadable.source).reload()).rejects.toThrow('AccessDeniedException');
});

test('for as long as a refresh that failed counts, no delivery is called a forgery for want of a secret', async () => {
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

test('a slow read that a refresh has overtaken does not bring an old secret back', async () => {
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

test('an early refresh reads again at most every 30 seconds', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const secrets = signingSecrets(secret.source);
  const refreshedValue = async () => (await secrets.reload())[0]?.value;

  await secrets.current();
  secret.versions.AWSCURRENT = 'second';
  expect(await refreshedValue()).toBe('second');
  secret.versions.AWSCURRENT = 'third';
  secret.wait(29);
  expect(await refreshedValue()).toBe('second');
  expect(secret.reads()).toBe(2);

  secret.wait(1);
  expect(await refreshedValue()).toBe('third');
  expect((await secrets.current())[0]?.value).toBe('third');
  expect(secret.reads()).toBe(3);
});

test('a refresh that fails is reported, and leaves what was known before', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const secrets = signingSecrets(secret.source);

  await secrets.current();
  secret.versions.AWSCURRENT = new Error('InternalServiceError');

  await expect(secrets.reload()).rejects.toThrow('InternalServiceError');
  expect(await secrets.current()).toEqual([{ version: 'AWSCURRENT', value: 'first' }]);
});

test('deliveries that come during a refresh wait for it rather than be refused', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const secrets = signingSecrets(secret.source);

  await secrets.current();
  secret.versions.AWSCURRENT = 'second';
  const both = await Promise.all([secrets.reload(), secrets.reload()]);

  expect(both.map(([current]) => current?.value)).toEqual(['second', 'second']);
  expect(secret.reads()).toBe(2);
});
