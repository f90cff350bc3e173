import { expect, test } from '@jest/globals';
import type { FetchSecret } from '../../../lambdas/platform/secret-cache.ts';
import { versionedSecret } from '../../../lambdas/platform/versioned-secret.ts';
import { aSecret, secretId } from '../../support/secrets.ts';
import { useStdout } from '../../support/stdout.ts';

useStdout();

const fails = () => new Error('InternalServiceError');
const current = (value: string) => ({ version: 'AWSCURRENT', value });
const previous = (value: string) => ({ version: 'AWSPREVIOUS', value });

test('returns the current and the previous version, if there is one', async () => {
  const rotated = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: ' old ' });
  const neverRotated = aSecret({ AWSCURRENT: 'only' });
  const blankBefore = aSecret({ AWSCURRENT: 'only', AWSPREVIOUS: ' ' });

  expect(await versionedSecret(rotated.source).reload()).toEqual({
    versions: [current('new'), previous('old')],
    complete: true,
  });
  for (const { source } of [neverRotated, blankBefore])
    expect(await versionedSecret(source).reload()).toEqual({
      versions: [current('only')],
      complete: true,
    });
});

test('fetches the previous version at the first reload and then caches it', async () => {
  const secret = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: 'old' });
  const secrets = versionedSecret(secret.source);

  expect(await secrets.current()).toEqual([current('new')]);
  expect(secret.reads('AWSPREVIOUS')).toBe(0);

  await secrets.reload();
  secret.wait(299);
  expect((await secrets.current()).map(({ value }) => value)).toEqual(['new', 'old']);
  expect(secret.reads('AWSPREVIOUS')).toBe(1);
});

test('rejects a secret without a current version, and one that was never read', async () => {
  const withoutCurrent = aSecret({ AWSPREVIOUS: 'old' });
  const unreadable = aSecret({ AWSCURRENT: fails(), AWSPREVIOUS: 'old' });

  for (const read of ['current', 'reload'] as const) {
    await expect(versionedSecret(withoutCurrent.source)[read]()).rejects.toMatchObject({
      code: 'secret-missing',
    });
    await expect(versionedSecret(unreadable.source)[read]()).rejects.toThrow(
      'InternalServiceError',
    );
  }
});

test('an incomplete reload stays so for 30 s, so that no delivery counts as forged', async () => {
  const secret = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: fails() });
  const secrets = versionedSecret(secret.source);
  const incomplete = { versions: [current('new')], complete: false };

  await secrets.current();
  expect(await secrets.reload()).toEqual(incomplete);
  secret.versions.AWSPREVIOUS = 'old';
  secret.wait(29);
  expect(await secrets.reload()).toEqual(incomplete);
  expect(secret.reads('AWSPREVIOUS')).toBe(1);

  secret.wait(1);
  expect(await secrets.reload()).toEqual({
    versions: [current('new'), previous('old')],
    complete: true,
  });
});

test('keeps both versions in use while they cannot be read again', async () => {
  const secret = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: 'old' });
  const secrets = versionedSecret(secret.source);

  await secrets.reload();
  secret.versions.AWSCURRENT = fails();
  secret.versions.AWSPREVIOUS = fails();
  secret.wait(300);

  expect(await secrets.current()).toEqual([current('new')]);
  expect(await secrets.reload()).toEqual({
    versions: [current('new'), previous('old')],
    complete: false,
  });
});

test('keeps the version before a rotation in use while AWSPREVIOUS cannot be read', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const secrets = versionedSecret(secret.source);

  await secrets.current();
  secret.versions.AWSCURRENT = 'second';
  secret.versions.AWSPREVIOUS = fails();

  expect(await secrets.reload()).toEqual({
    versions: [current('second'), previous('first')],
    complete: false,
  });
});

test('forgets a version that an operator removed', async () => {
  const secret = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: 'old' });
  const secrets = versionedSecret(secret.source);

  await secrets.reload();
  delete secret.versions.AWSPREVIOUS;
  secret.wait(300);
  expect((await secrets.reload()).versions).toEqual([current('new')]);

  delete secret.versions.AWSCURRENT;
  secret.wait(300);
  await expect(secrets.current()).rejects.toMatchObject({ code: 'secret-missing' });
});

test('a slow fetch does not replace the value of a reload that started later', async () => {
  const reads: ((value: string) => void)[] = [];
  const fetch: FetchSecret = (_, version) =>
    version === 'AWSPREVIOUS'
      ? Promise.resolve(undefined)
      : new Promise((resolve) => reads.push(resolve));
  const secrets = versionedSecret({ secretId, fetch, now: () => new Date(0) });

  const slow = secrets.current();
  const fast = secrets.reload();
  reads[1]?.('second');
  await fast;
  reads[0]?.('first');
  await slow;

  expect(await secrets.current()).toEqual([current('second')]);
});

test('reloads at most every 30 seconds', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const secrets = versionedSecret(secret.source);
  const reloadedValue = async () => (await secrets.reload()).versions[0]?.value;

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

test('concurrent reloads share one fetch', async () => {
  const secret = aSecret({ AWSCURRENT: 'first' });
  const secrets = versionedSecret(secret.source);

  await secrets.current();
  secret.versions.AWSCURRENT = 'second';
  const both = await Promise.all([secrets.reload(), secrets.reload()]);

  expect(both.map(({ versions: [newest] }) => newest?.value)).toEqual(['second', 'second']);
  expect(secret.reads()).toBe(2);
});
