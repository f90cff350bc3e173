import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import Mux from '@mux/mux-node';
import {
  importPlaybackKey,
  makeSignPlayback,
} from '../../../../lambdas/providers/mux/playback-url.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const key = (privateKeyText: string) => async () =>
  importPlaybackKey(JSON.stringify({ keyId: 'key-1', privateKey: privateKeyText }));

/** Returns the text of a secret with this key. */
function keyText(other: KeyObject): string {
  const otherPem = other.export({ type: 'pkcs8', format: 'pem' });
  return JSON.stringify({ keyId: 'k', privateKey: otherPem });
}

const now = () => new Date('2026-03-01T10:00:00.400Z');

test.each([
  ['PEM', pem],
  ['PKCS #8', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ['base64 of PEM, as issued by Mux', Buffer.from(pem).toString('base64')],
])('signs the same token as @mux/mux-node for a week, with the key as %s', async (_, text) => {
  jest.useFakeTimers({ now: now(), doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  const mux = new Mux({ tokenId: '', tokenSecret: '' });
  const options = { type: 'video', expiration: '7d', keyId: 'key-1', keySecret: pem } as const;
  const token = await mux.jwt.signPlaybackId('playback-1', options);
  jest.useRealTimers();

  await expect(makeSignPlayback(key(text), 168, now)('playback-1', 'signed')).resolves.toEqual({
    url: `https://stream.mux.com/playback-1.m3u8?token=${token}`,
    expiresAt: new Date('2026-03-08T10:00:00Z'),
  });
});

test('signs with the new key after a rotation', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const texts = [pem, other.export({ type: 'pkcs1', format: 'pem' }).toString()];
  const sign = makeSignPlayback(
    async () => importPlaybackKey(JSON.stringify({ keyId: 'key-1', privateKey: texts.shift() })),
    168,
    now,
  );

  const [first, second] = [await sign('playback-1', 'signed'), await sign('playback-1', 'signed')];

  expect(isSignedBy(privateKey, first.url)).toBe(true);
  expect(isSignedBy(other, second.url)).toBe(true);
});

function isSignedBy(key: KeyObject, url: string): boolean {
  const [head, claims, signature = ''] = new URL(url).searchParams.get('token')?.split('.') ?? [];
  return verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${claims}`),
    createPublicKey(key),
    Buffer.from(signature, 'base64url'),
  );
}

test('returns a public URL without reading the key', async () => {
  const sign = makeSignPlayback(() => Promise.reject(new Error('must not be read')), 168, now);

  await expect(sign('playback-1', 'public')).resolves.toEqual({
    url: 'https://stream.mux.com/playback-1.m3u8',
    expiresAt: null,
  });
});

test.each([
  '',
  'not json',
  '{}',
  '{"keyId":"k"}',
  JSON.stringify({ keyId: 'k', privateKey: 'rubbish' }),
  keyText(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
  keyText(generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey),
])('rejects the unusable key %j without repeating it in the error', (text) => {
  expect(() => importPlaybackKey(text)).toThrow('must be JSON with keyId');
  expect(() => importPlaybackKey(text)).not.toThrow('rubbish');
});

test.each([1, 24, 8_760])('signs a token that expires after %i hours, as stored', async (hours) => {
  const { url, expiresAt } = await makeSignPlayback(key(pem), hours, now)('playback-1', 'signed');
  const [, claims = ''] = new URL(url).searchParams.get('token')?.split('.') ?? [];
  const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());

  expect(exp * 1_000).toBe(expiresAt?.getTime());
  expect(exp).toBe(Math.floor(now().getTime() / 1_000) + hours * 3_600);
});
