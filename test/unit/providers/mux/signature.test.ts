import { expect, test } from '@jest/globals';
import type { Delivery } from '../../../../lambdas/webhooks/ingest/delivery.ts';
import { useClock } from '../../../support/providers/clock.ts';
import { muxDigest, muxSignature } from '../../../support/providers/mux.ts';
import {
  body,
  currentSecret,
  muxAccepts,
  now,
  secondsAgo,
  t,
  v1,
  verifySignature,
} from '../../../support/providers/mux-signatures.ts';

useClock(now);

/** Returns characters that a Latin-1 encoder would reduce to the same bytes. */
function withHighBytes(text: string): string {
  return String.fromCharCode(...[...text].map((character) => character.charCodeAt(0) + 0x100));
}

test('accepts a vector computed by another implementation', () => {
  const delivery: Partial<Delivery> = {
    body: Buffer.from('{"type":"video.asset.ready","id":"evt-1","data":{"title":"Żółć 🎬"}}'),
    receivedAt: new Date(1_700_000_000_000),
  };
  const header = 't=1700000000,v1=a10c938918770501b65d63426bc66e3d949e7c4825027b4ce37943d80f9e9999';

  expect(
    verifySignature(header, delivery, [currentSecret('mux_test_secret_of_32_characters')]),
  ).toEqual({
    genuine: true,
    secretVersion: 'AWSCURRENT',
  });
});

test.each([
  ['the plain header', `t=${t},v1=${v1}`],
  ['v1 before t', `v1=${v1},t=${t}`],
  ['a wrong signature before the right one', `t=${t},v1=${'0'.repeat(64)},v1=${v1}`],
  ['a wrong signature after the right one', `t=${t},v1=${v1},v1=${'0'.repeat(64)}`],
  ['a scheme of another version beside v1', `t=${t},v0=${'0'.repeat(64)},v1=${v1}`],
  ['the header twice, joined by the gateway', `t=${t},v1=${v1},t=${t},v1=${v1}`],
  ['unknown items', `t=${t},flag,x=1,v1=${v1},`],
  ['text after a second equals sign', `t=${t},v1=${v1}=`],
  ['a signature 300 s old', muxSignature(body, { at: secondsAgo(300) })],
])('accepts %s, as @mux/mux-node does', async (_, header) => {
  expect(verifySignature(header)).toEqual({ genuine: true, secretVersion: 'AWSCURRENT' });
  expect(await muxAccepts(header)).toBe(true);
});

test.each([
  ['an empty header', '', 'missing-signature'],
  ['another kind of header', 'Bearer abc', 'malformed-signature'],
  ['a second t without a value', `t=${t},v1=${v1},t`, 'malformed-signature'],
  ['no timestamp', `v1=${v1}`, 'malformed-signature'],
  ['no signature', `t=${t}`, 'malformed-signature'],
  ['only a signature of another version', `t=${t},v0=${v1}`, 'malformed-signature'],
  ['a space after the comma', `t=${t}, v1=${v1}`, 'malformed-signature'],
  ['upper-case keys', `T=${t},V1=${v1}`, 'malformed-signature'],
  ['an empty signature', `t=${t},v1=`, 'signature-mismatch'],
  ['a signature in upper case', `t=${t},v1=${v1.toUpperCase()}`, 'signature-mismatch'],
  ['a signature cut short', `t=${t},v1=${v1.slice(0, 62)}`, 'signature-mismatch'],
  ['a signature with text after it', `t=${t},v1=${v1}00`, 'signature-mismatch'],
  ['a signature that is not ASCII', `t=${t},v1=${'ż'.repeat(64)}`, 'signature-mismatch'],
  [
    'other characters with the same last byte',
    `t=${t},v1=${withHighBytes(v1)}`,
    'signature-mismatch',
  ],
  [
    'another secret',
    muxSignature(body, { secret: 'another secret', at: now }),
    'signature-mismatch',
  ],
  ['another time than the signed one', `t=${t + 1},v1=${v1}`, 'signature-mismatch'],
  ['a signature over the body alone', `t=${t},v1=${muxDigest('', body)}`, 'signature-mismatch'],
  ['a signature 301 s old', muxSignature(body, { at: secondsAgo(301) }), 'stale-timestamp'],
  ['a genuine signature of 1970', muxSignature(body, { at: new Date(0) }), 'stale-timestamp'],
  [
    'a zero before the time, signed without',
    `t=0${t},v1=${muxDigest(`0${t}`, body)}`,
    'malformed-signature',
  ],
] as const)('rejects %s, as @mux/mux-node does', async (_, header, reason) => {
  expect(verifySignature(header)).toEqual({ genuine: false, reason });
  expect(await muxAccepts(header)).toBe(false);
});

test.each([
  ['a time 301 s ahead', muxSignature(body, { at: secondsAgo(-301) }), 'future-timestamp'],
  ['a time in milliseconds', `t=${t}000,v1=${muxDigest(`${t}000`, body)}`, 'future-timestamp'],
  ['a time that is not a number', `t=abc,v1=${muxDigest('NaN', body)}`, 'malformed-signature'],
  ['the time NaN', `t=NaN,v1=${muxDigest('NaN', body)}`, 'malformed-signature'],
  ['a time without a value', `t,v1=${muxDigest('NaN', body)}`, 'malformed-signature'],
  ['an empty time', `t=,v1=${muxDigest('NaN', body)}`, 'malformed-signature'],
  ['letters after the time', `t=${t}abc,v1=${v1}`, 'malformed-signature'],
  ['a space before the time', `t= ${t},v1=${v1}`, 'malformed-signature'],
  ['a plus before the time', `t=+${t},v1=${v1}`, 'malformed-signature'],
  ['a zero before the time', `t=0${t},v1=${v1}`, 'malformed-signature'],
  [
    'a time of 20 digits',
    `t=${'9'.repeat(20)},v1=${muxDigest('100000000000000000000', body)}`,
    'malformed-signature',
  ],
  ['two times that differ', `t=${t - 1},t=${t},v1=${v1}`, 'malformed-signature'],
] as const)('rejects %s, unlike @mux/mux-node', async (_, header, reason) => {
  expect(verifySignature(header)).toEqual({ genuine: false, reason });
  expect(await muxAccepts(header)).toBe(true);
});

test('rejects a delivery without the header', () => {
  expect(verifySignature(undefined)).toEqual({ genuine: false, reason: 'missing-signature' });
});

test.each([
  [300, { genuine: true, secretVersion: 'AWSCURRENT' }],
  [301, { genuine: false, reason: 'stale-timestamp' }],
  [-300, { genuine: true, secretVersion: 'AWSCURRENT' }],
  [-301, { genuine: false, reason: 'future-timestamp' }],
])('measures the age of %i s at the receipt of the request', (seconds, result) => {
  const longAgo = new Date('2026-03-01T12:00:00.999Z');
  const signedAt = new Date(longAgo.getTime() - seconds * 1000);

  expect(verifySignature(muxSignature(body, { at: signedAt }), { receivedAt: longAgo })).toEqual(
    result,
  );
});

test('rejects rewritten JSON and re-encoded bodies', async () => {
  const header = muxSignature(body, { at: now });
  const rewritten = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
  const encoded = Buffer.from(body.toString('base64'));

  for (const other of [rewritten, encoded, body.subarray(1), Buffer.alloc(0)]) {
    expect(verifySignature(header, { body: other })).toEqual({
      genuine: false,
      reason: 'signature-mismatch',
    });
    expect(await muxAccepts(header, other)).toBe(false);
  }
});
