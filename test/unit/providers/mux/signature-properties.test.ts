import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { identifyMuxEvent } from '../../../../lambdas/providers/mux/signature.ts';
import { useClock } from '../../../support/providers/clock.ts';
import { muxDigest, muxFixture, muxSignature } from '../../../support/providers/mux.ts';
import {
  body,
  currentSecret,
  mux,
  muxAccepts,
  now,
  previousSecret,
  t,
  verifySignature,
} from '../../../support/providers/mux-signatures.ts';
import { anyCharacter } from '../../../support/texts/any-character.ts';

useClock(now);

test('accepts both versions of a rotated secret and nothing older', () => {
  const [newest, old, older] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)];
  const secrets = [currentSecret(newest), previousSecret(old)];

  expect(verifySignature(muxSignature(body, { secret: newest }), {}, secrets)).toMatchObject({
    secretVersion: 'AWSCURRENT',
  });
  expect(verifySignature(muxSignature(body, { secret: old }), {}, secrets)).toMatchObject({
    secretVersion: 'AWSPREVIOUS',
  });
  expect(verifySignature(muxSignature(body, { secret: older }), {}, secrets)).toMatchObject({
    genuine: false,
  });
});

test('accepts any signed bytes and rejects them with any bit changed', () => {
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

      expect(verifySignature(header, { body: Buffer.from(bytes) })).toMatchObject({
        genuine: true,
      });
      expect(verifySignature(header, { body: changed })).toEqual({
        genuine: false,
        reason: 'signature-mismatch',
      });
    }),
  );
});

test('rejects a header with any character changed', () => {
  const header = muxSignature(body, { at: now });

  fc.assert(
    fc.property(fc.nat(header.length - 1), anyCharacter, (at, other) => {
      fc.pre(header[at] !== other);
      const changed = header.slice(0, at) + other + header.slice(at + 1);

      expect(verifySignature(changed)).toMatchObject({ genuine: false });
    }),
  );
});

test('agrees with @mux/mux-node on any header items, except where stricter', async () => {
  const times = [t, t - 10, t - 900].flatMap((time) => [`t=${time}`]);
  const signatures = [t, t - 10, t - 900].flatMap((time) => [
    `v1=${muxDigest(time, body)}`,
    `v0=${muxDigest(time, body)}`,
    `v1=${muxDigest(time, body).toUpperCase()}`,
    ` v1=${muxDigest(time, body)}`,
    `v1=${muxDigest(time, body, 'another secret')}`,
  ]);
  const otherItems = ['', 'v1', 'v1=', '=', 'x=1', 'T=1'];
  const stricterItems = [
    't',
    't=',
    't=abc',
    `t=${t}abc`,
    `t=0${t}`,
    `t=${t + 900}`,
    `v1=${muxDigest('NaN', body)}`,
  ];
  const pieces = fc.array(
    fc.constantFrom(...times, ...signatures, ...otherItems, ...stricterItems),
    {
      maxLength: 7,
    },
  );

  await fc.assert(
    fc.asyncProperty(pieces, fc.constantFrom(',', ', ', ';'), async (items, separator) => {
      // HTTP removes white space around the value of a header.
      const header = items.join(separator).trim();
      const ours = verifySignature(header).genuine;
      const theirs = await muxAccepts(header);
      const givenTimes = header.split(',').filter((item) => /^t(?:=|$)/.test(item));
      const stricter =
        new Set(givenTimes).size > 1 || givenTimes.some((item) => stricterItems.includes(item));

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
])('verifies and identifies %s as @mux/mux-node does', async (name) => {
  const bytes = muxFixture(name);
  const header = muxSignature(bytes);
  const event = await mux.webhooks.unwrap(bytes.toString(), { 'mux-signature': header });

  expect(verifySignature(header, { body: bytes })).toMatchObject({ genuine: true });
  expect(identifyMuxEvent({ headers: {}, document: JSON.parse(bytes.toString()) })).toEqual({
    eventId: event.id,
    eventType: event.type,
  });
});
