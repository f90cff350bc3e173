import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { makeSignPlayback } from '../../../../lambdas/providers/mux/playback-url.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const key = (privateKeyText: string) => async () => JSON.stringify({ keyId: 'key-1', privateKey: privateKeyText });

function readToken(url: string) {
  const [head = '', claims = '', signature = ''] = new URL(url).searchParams.get('token')?.split('.') ?? [];
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const signed = Buffer.from(`${head}.${claims}`);
  const genuine = verify('RSA-SHA256', signed, createPublicKey(privateKey), Buffer.from(signature, 'base64url'));
  return { head: decode(head), claims: decode(claims), genuine };
}

test.each([
  ['PEM', pem],
  ['base64 of PEM, as Mux hands it out', Buffer.from(pem).toString('base64')],
])('a signed playback id gets a URL that the key has signed, with the key as %s', async (_, text) => {
  const { url, expiresAt } = await makeSignPlayback(key(text))('playback-1', 'signed');

  const { head, claims, genuine } = readToken(url);
  expect(url).toMatch(/^https:\/\/stream\.mux\.com\/playback-1\.m3u8\?token=/);
  expect(genuine).toBe(true);
  expect(head).toMatchObject({ alg: 'RS256' });
  expect(claims).toMatchObject({ sub: 'playback-1', aud: 'v', kid: 'key-1' });
  expect(expiresAt?.getTime()).toBe(claims.exp * 1000);
  expect(Math.abs(claims.exp - Date.now() / 1000 - 7 * 86_400)).toBeLessThan(60);
});

test('a public playback id needs neither token nor key', async () => {
  const sign = makeSignPlayback(() => Promise.reject(new Error('nobody should ask')));

  await expect(sign('playback-1', 'public')).resolves.toEqual({
    url: 'https://stream.mux.com/playback-1.m3u8',
    expiresAt: null,
  });
});

test.each(['', 'not json', '{}', '{"keyId":"k"}', JSON.stringify({ keyId: 'k', privateKey: 'rubbish' })])(
  'a key that cannot be used (%j) fails, and the failure does not repeat it',
  async (text) => {
    const error = await makeSignPlayback(async () => text)('playback-1', 'signed').catch((caught: Error) => caught);

    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain('rubbish');
  },
);
