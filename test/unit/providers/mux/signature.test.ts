import { expect, test } from '@jest/globals';
import Mux from '@mux/mux-node';
import fc from 'fast-check';
import type { SigningSecret } from '../../../../lambdas/platform/secret-cache.ts';
import {
  identifyMuxEvent,
  verifyMuxSignature,
} from '../../../../lambdas/providers/mux/signature.ts';
import type { Delivery } from '../../../../lambdas/webhooks/ingest/delivery.ts';
import {
  muxDigest,
  muxFixture,
  muxSecret,
  muxSignature,
  unixSeconds,
} from '../../../support/providers/mux.ts';

const mux = new Mux({ apiKey: 'unused', webhookSecret: muxSecret } as object);
const body = muxFixture('video.asset.ready');
const now = new Date();
const t = unixSeconds(now);
const v1 = muxDigest(t, body);

const current = (value: string): SigningSecret => ({ version: 'AWSCURRENT', value });
const previous = (value: string): SigningSecret => ({ version: 'AWSPREVIOUS', value });

const aDelivery = (header: string | undefined, overrides: Partial<Delivery> = {}): Delivery => ({
  body,
  headers: header === undefined ? {} : { 'mux-signature': header },
  receivedAt: now,
  trace: 'trace',
  ...overrides,
});

const verify = (
  header: string | undefined,
  overrides: Partial<Delivery> = {},
  secrets = [current(muxSecret)],
) => verifyMuxSignature(aDelivery(header, overrides), secrets);

const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);

/** What a writer of Latin 1 would take for the same. */
function withHighBytes(text: string): string {
  return String.fromCharCode(...[...text].map((character) => character.charCodeAt(0) + 0x100));
}

async function muxAccepts(
  header: string,
  bytes: Uint8Array = body,
  secret = muxSecret,
): Promise<boolean> {
  try {
    await mux.webhooks.verifySignature(
      Buffer.from(bytes).toString(),
      { 'mux-signature': header },
      secret,
    );
    return true;
  } catch {
    return false;
  }
}

test('accepts the vector that was made with another implementation', () => {
  const delivery: Partial<Delivery> = {
    body: Buffer.from('{"type":"video.asset.ready","id":"evt-1","data":{"title":"Żółć 🎬"}}'),
    receivedAt: new Date(1_700_000_000_000),
  };
  const header = 't=1700000000,v1=cd0a30b11d2c6b4a637adc8d5b568bf3d594bee5c13cfce764f6eb2737ec1a4f';

  expect(verify(header, delivery, [current('mux_test_secret')])).toEqual({
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
  ['items that nobody knows', `t=${t},flag,x=1,v1=${v1},`],
  ['something behind a second equals sign', `t=${t},v1=${v1}=`],
  ['a signature 290 s old', muxSignature(body, { at: secondsAgo(290) })],
])('accepts %s, as Mux does', async (_, header) => {
  expect(verify(header)).toEqual({ genuine: true, secretVersion: 'AWSCURRENT' });
  expect(await muxAccepts(header)).toBe(true);
});

test.each([
  ['an empty header', '', 'missing-signature'],
  ['a header of something else', 'Bearer abc', 'malformed-signature'],
  ['a second time without a value', `t=${t},v1=${v1},t`, 'malformed-signature'],
  ['no timestamp', `v1=${v1}`, 'malformed-signature'],
  ['no signature', `t=${t}`, 'malformed-signature'],
  ['only a signature of another version', `t=${t},v0=${v1}`, 'malformed-signature'],
  ['a space behind the comma', `t=${t}, v1=${v1}`, 'malformed-signature'],
  ['upper-case keys', `T=${t},V1=${v1}`, 'malformed-signature'],
  ['an empty signature', `t=${t},v1=`, 'signature-mismatch'],
  ['a signature in upper case', `t=${t},v1=${v1.toUpperCase()}`, 'signature-mismatch'],
  ['a signature cut short', `t=${t},v1=${v1.slice(0, 62)}`, 'signature-mismatch'],
  ['a signature with more behind it', `t=${t},v1=${v1}00`, 'signature-mismatch'],
  ['a signature that is not ASCII', `t=${t},v1=${'ż'.repeat(64)}`, 'signature-mismatch'],
  [
    'other characters with the same last byte',
    `t=${t},v1=${withHighBytes(v1)}`,
    'signature-mismatch',
  ],
  ['another secret', muxSignature(body, { secret: 'another secret' }), 'signature-mismatch'],
  ['another time than was signed', `t=${t + 1},v1=${v1}`, 'signature-mismatch'],
  ['a signature over the body alone', `t=${t},v1=${muxDigest('', body)}`, 'signature-mismatch'],
  ['a signature 310 s old', muxSignature(body, { at: secondsAgo(310) }), 'stale-timestamp'],
  ['a genuine signature of 1970', muxSignature(body, { at: new Date(0) }), 'stale-timestamp'],
  [
    'zeros before the time, signed without',
    `t=0${t},v1=${muxDigest(`0${t}`, body)}`,
    'malformed-signature',
  ],
] as const)('rejects %s, as Mux does', async (_, header, reason) => {
  expect(verify(header)).toEqual({ genuine: false, reason });
  expect(await muxAccepts(header)).toBe(false);
});

test.each([
  ['a time 310 s ahead', muxSignature(body, { at: secondsAgo(-310) }), 'future-timestamp'],
  ['a time in milliseconds', `t=${t}000,v1=${muxDigest(`${t}000`, body)}`, 'future-timestamp'],
  ['a time that is no number', `t=abc,v1=${muxDigest('NaN', body)}`, 'malformed-signature'],
  ['a time that says NaN', `t=NaN,v1=${muxDigest('NaN', body)}`, 'malformed-signature'],
  ['a time without a value', `t,v1=${muxDigest('NaN', body)}`, 'malformed-signature'],
  ['an empty time', `t=,v1=${muxDigest('NaN', body)}`, 'malformed-signature'],
  ['letters behind the time', `t=${t}abc,v1=${v1}`, 'malformed-signature'],
  ['a space before the time', `t= ${t},v1=${v1}`, 'malformed-signature'],
  ['a plus before the time', `t=+${t},v1=${v1}`, 'malformed-signature'],
  ['a zero before the time', `t=0${t},v1=${v1}`, 'malformed-signature'],
  [
    'a time of 20 digits',
    `t=${'9'.repeat(20)},v1=${muxDigest('100000000000000000000', body)}`,
    'malformed-signature',
  ],
  ['two times that differ', `t=${t - 1},t=${t},v1=${v1}`, 'malformed-signature'],
] as const)('is stricter than Mux: rejects %s', async (_, header, reason) => {
  expect(verify(header)).toEqual({ genuine: false, reason });
  expect(await muxAccepts(header)).toBe(true);
});

test('rejects a delivery without the header', () => {
  expect(verify(undefined)).toEqual({ genuine: false, reason: 'missing-signature' });
});

test.each([
  [300, { genuine: true, secretVersion: 'AWSCURRENT' }],
  [301, { genuine: false, reason: 'stale-timestamp' }],
  [-300, { genuine: true, secretVersion: 'AWSCURRENT' }],
  [-301, { genuine: false, reason: 'future-timestamp' }],
])('measures the age of %i s from the receipt of the request, both ways', (seconds, verdict) => {
  const longAgo = new Date('2026-03-01T12:00:00.999Z');
  const signedAt = new Date(longAgo.getTime() - seconds * 1000);

  expect(verify(muxSignature(body, { at: signedAt }), { receivedAt: longAgo })).toEqual(verdict);
});

test('rejects the same JSON written again, and a body in another encoding', async () => {
  const header = muxSignature(body);
  const rewritten = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
  const encoded = Buffer.from(body.toString('base64'));

  for (const other of [rewritten, encoded, body.subarray(1), Buffer.alloc(0)]) {
    expect(verify(header, { body: other })).toEqual({
      genuine: false,
      reason: 'signature-mismatch',
    });
    expect(await muxAccepts(header, other)).toBe(false);
  }
});

test('accepts either version of a secret that was rotated, says which, and nothing older', () => {
  const secrets = [current('new'), previous('old')];

  expect(verify(muxSignature(body, { secret: 'new' }), {}, secrets)).toMatchObject({
    secretVersion: 'AWSCURRENT',
  });
  expect(verify(muxSignature(body, { secret: 'old' }), {}, secrets)).toMatchObject({
    secretVersion: 'AWSPREVIOUS',
  });
  expect(verify(muxSignature(body, { secret: 'older' }), {}, secrets)).toMatchObject({
    genuine: false,
  });
});

test('accepts any bytes that are signed, and rejects them with any bit changed', () => {
  const flipped = fc.tuple(
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc.nat(),
    fc.integer({ min: 0, max: 7 }),
  );

  fc.assert(
    fc.property(flipped, ([bytes, position, bit]) => {
      const header = muxSignature(bytes, { at: now });
      const changed = Buffer.from(bytes);
      const at = position % bytes.length;
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);

      expect(verify(header, { body: Buffer.from(bytes) })).toMatchObject({ genuine: true });
      expect(verify(header, { body: changed })).toEqual({
        genuine: false,
        reason: 'signature-mismatch',
      });
    }),
  );
});

test('rejects a header with any character changed', () => {
  const header = muxSignature(body, { at: now });

  fc.assert(
    fc.property(
      fc.nat(header.length - 1),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      (at, other) => {
        fc.pre(header[at] !== other);
        const changed = header.slice(0, at) + other + header.slice(at + 1);

        expect(verify(changed)).toMatchObject({ genuine: false });
      },
    ),
  );
});

test('agrees with Mux on any header put together from the pieces of one, where it is not stricter on purpose', async () => {
  const times = [t, t - 10, t - 900].flatMap((time) => [`t=${time}`]);
  const signatures = [t, t - 10, t - 900].flatMap((time) => [
    `v1=${muxDigest(time, body)}`,
    `v0=${muxDigest(time, body)}`,
    `v1=${muxDigest(time, body).toUpperCase()}`,
    ` v1=${muxDigest(time, body)}`,
    `v1=${muxDigest(time, body, 'another secret')}`,
  ]);
  const noise = ['', 'v1', 'v1=', '=', 'x=1', 'T=1'];
  const strange = [
    't',
    't=',
    't=abc',
    `t=${t}abc`,
    `t=0${t}`,
    `t=${t + 900}`,
    `v1=${muxDigest('NaN', body)}`,
  ];
  const pieces = fc.array(fc.constantFrom(...times, ...signatures, ...noise, ...strange), {
    maxLength: 7,
  });

  await fc.assert(
    fc.asyncProperty(pieces, fc.constantFrom(',', ', ', ';'), async (items, separator) => {
      // HTTP knows no white space around a header's value.
      const header = items.join(separator).trim();
      const ours = verify(header).genuine;
      const theirs = await muxAccepts(header);
      const named = header.split(',').filter((item) => /^t(?:=|$)/.test(item));
      const stricter = new Set(named).size > 1 || named.some((item) => strange.includes(item));

      expect(ours).toBe(theirs && !stricter);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  'video.asset.created',
  'video.asset.deleted',
  'video.asset.errored',
  'video.asset.ready',
  'video.asset.ready.public',
  'video.asset.ready.redelivered',
  'video.asset.ready.subtitles',
  'video.upload.asset_created',
  'video.upload.cancelled',
  'video.upload.created',
  'video.upload.errored',
])('verifies and names %s as Mux does', async (name) => {
  const bytes = muxFixture(name);
  const header = muxSignature(bytes);
  const event = await mux.webhooks.unwrap(bytes.toString(), { 'mux-signature': header });

  expect(verify(header, { body: bytes })).toMatchObject({ genuine: true });
  expect(identifyMuxEvent({ headers: {}, document: JSON.parse(bytes.toString()) })).toEqual({
    eventId: event.id,
    eventType: event.type,
  });
});
