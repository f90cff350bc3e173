import { createHmac } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact, redactedError, redactText } from '../../../lambdas/platform/redaction.ts';
import { muxFixture } from '../../support/providers/mux.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwbGF5YmFjayJ9.c2lnbmF0dXJl-_x';
const hex = createHmac('sha256', 'key').update('body').digest('hex');
const base64 = createHmac('sha256', 'key').update('body').digest('base64');

test.each([
  ['mail to jane.doe+clips@example.org bounced', 'mail to ***@example.org bounced'],
  ['Jane <jane@mail.example.org>, joe@example.com', 'Jane <***@mail.example.org>, ***@example.com'],
  ['zażółć@przykład.pl', '***@przykład.pl'],
  ['/unsubscribe/jane%40example.org', '/unsubscribe/***%40example.org'],
  [
    'https://portal.example/unsubscribe/jane@example.org',
    'https://portal.example/unsubscribe/***@example.org',
  ],
  ['bounces+jane=example.org@mail.example.com', '***@mail.example.com'],
  ['mailto:jane@example.org', 'mailto:***@example.org'],
  ['https://stream.mux.com/abc.m3u8?token=x.y.z', 'https://stream.mux.com/abc.m3u8?***'],
  ['see https://a.example/b?c=d#e, then', 'see https://a.example/b?*** then'],
  ['https://portal.example/share#access_token=abc', 'https://portal.example/share#***'],
  [
    'postgres://portal:s3cr%40t@db.example:5432/portal?x=1',
    'postgres://***@db.example:5432/portal?***',
  ],
  ['postgres://portal:s3cr@t@db.example/portal', 'postgres://***@db.example/portal'],
  ['https://docs.example/page', 'https://docs.example/page'],
  [`jwt ${jwt}!`, 'jwt ***!'],
  ['got Bearer abc.def-1', 'got Bearer ***'],
  ['Authorization: Bearer abc.def-1', 'Authorization: ***'],
  ['authorization: Basic dXNlcjpwYXNz', 'authorization: ***'],
  ['Basic training', 'Basic training'],
  ['secret whsec_AAECAwQFBgcICQoL+/=', 'secret ***'],
  ['key re_AbCd1234_EfGh5678IjKl is wrong', 'key *** is wrong'],
  [`t=1700000000,v1=${hex}`, 't=1700000000,v1=***'],
  [`v1,${base64} v1a,${base64}`, 'v1=*** v1a=***'],
  ['?X-Amz-Signature=abc&x=1', '?X-Amz-Signature=***&x=1'],
  ['password=hunter2 host=db', 'password=*** host=db'],
  ['{"token":"abc","n":1}', '{"token":"***","n":1}'],
  ['{\\"client_secret\\": \\"abc\\"}', '{\\"client_secret\\": \\"***\\"}'],
  [
    '-----BEGIN PRIVATE KEY-----\nMIIB+/a=\n-----END PRIVATE KEY-----\n',
    '-----BEGIN PRIVATE KEY-----***\n',
  ],
  [
    'duplicate key value violates unique constraint',
    'duplicate key value violates unique constraint',
  ],
])('%j is written as %j', (text, redacted) => {
  expect(redactText(text)).toBe(redacted);
});

test('hides what stands under a telling key, however deep, and leaves the rest', () => {
  expect(
    redact({
      assetId: '5c0e7a52-4f1b-4a3e-9d7c-1b2f6a8e3d40',
      count: 3,
      tokensRevoked: 2,
      secretVersion: 'AWSCURRENT',
      nothing: null,
      authorization: null,
      headers: {
        'Mux-Signature': 'v1',
        'svix-signature': ['a', 'b'],
        cookie: 'a=b',
        accept: '*/*',
      },
      list: [
        { playbackToken: 'abc' },
        { RESEND_API_KEY: 'abc' },
        { privateKey: { pem: 'abc' } },
        { password: 1234 },
      ],
      mail: [
        { name: 'Authorization', value: 'abc' },
        { name: 'Subject', value: 'Your clip' },
      ],
    }),
  ).toEqual({
    assetId: '5c0e7a52-4f1b-4a3e-9d7c-1b2f6a8e3d40',
    count: 3,
    tokensRevoked: 2,
    secretVersion: 'AWSCURRENT',
    nothing: null,
    authorization: null,
    headers: { 'Mux-Signature': '***', 'svix-signature': '***', cookie: '***', accept: '*/*' },
    list: [
      { playbackToken: '***' },
      { RESEND_API_KEY: '***' },
      { privateKey: '***' },
      { password: '***' },
    ],
    mail: [
      { name: 'Authorization', value: '***' },
      { name: 'Subject', value: 'Your clip' },
    ],
  });
});

test('a Mux upload loses the signature of its URL and nothing else', () => {
  const body = JSON.parse(muxFixture('video.upload.created').toString());

  expect(redact(body)).toEqual({
    ...body,
    data: { ...body.data, url: `${body.data.url.split('?')[0]}?***` },
  });
});

test('errors are described with their causes, and redacted like everything else', () => {
  const cause = Object.assign(new Error('connect postgres://a:b@db.example/portal'), {
    code: 'ECONNREFUSED',
  });
  const error = new TypeError('no row for jane@example.org', { cause });

  expect(redact({ error })).toEqual({
    error: {
      name: 'TypeError',
      message: 'no row for ***@example.org',
      stack: expect.stringMatching(
        /^TypeError: no row for \*\*\*@example\.org\n(?: {4}at .*\n?){1,5}$/,
      ),
      cause: {
        name: 'Error',
        code: 'ECONNREFUSED',
        message: 'connect postgres://***@db.example/portal',
        stack: expect.any(String),
      },
    },
  });
});

test('an error that leaves a handler takes nothing private along, in its message, its stack, or what hangs on it', () => {
  const error = Object.assign(new TypeError('Invalid URL of jane@example.org'), {
    code: 'ERR_INVALID_URL',
    input: 'postgres://portal:hunter2@db.example/portal',
  });

  const redacted = redactedError(error);

  expect(redacted).toMatchObject({
    name: 'TypeError',
    message: 'Invalid URL of ***@example.org',
    code: 'ERR_INVALID_URL',
  });
  expect(redacted.stack).toMatch(/^TypeError: Invalid URL of \*\*\*@example\.org\n {4}at /);
  expect(JSON.stringify({ ...redacted, stack: redacted.stack })).not.toMatch(/jane|hunter2/);
  expect(redactedError('no row for jane@example.org').message).toBe('no row for ***@example.org');
});

test('what JSON cannot say becomes what it can', () => {
  const circular: Record<string, unknown> = { name: 'loop' };
  circular['self'] = circular;
  const twice = { mail: 'jane@example.org' };

  expect(
    redact({
      at: new Date('2026-11-23T09:16:51Z'),
      never: new Date(Number.NaN),
      big: 10n,
      bytes: Buffer.from('secret bytes'),
      map: new Map([['jane@example.org', 1]]),
      circular,
      both: [twice, twice],
    }),
  ).toEqual({
    at: '2026-11-23T09:16:51.000Z',
    never: null,
    big: '10',
    bytes: '12 bytes',
    map: [['***@example.org', 1]],
    circular: { name: 'loop', self: '(circular)' },
    both: [{ mail: '***@example.org' }, { mail: '***@example.org' }],
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{5,19}$/);
const privateTexts = fc.oneof(
  word.map((local) => ({ hidden: local, text: `${local}@example.org` })),
  word.map((query) => ({
    hidden: query,
    text: `https://storage.example/clip.mp4?signed=${query}`,
  })),
  word.map((password) => ({
    hidden: password,
    text: `postgres://portal:${password}@db.example/portal`,
  })),
  word.map((token) => ({ hidden: token, text: `Bearer ${token}` })),
  word.map((secret) => ({ hidden: secret, text: `whsec_${secret}` })),
  word.map((payload) => ({ hidden: payload, text: `eyJ${payload}.eyJ${payload}.${payload}` })),
);
// Nothing that continues a word: a private part is set apart from its surroundings somehow.
const surroundings = fc
  .array(
    fc.constantFrom(
      ' ',
      '"',
      "'",
      ',',
      ';',
      '(',
      ')',
      '<',
      '>',
      '\n',
      '{',
      '}',
      '[',
      ']',
      ' ż ',
      ' 🎬 ',
      ' at ',
    ),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((pieces) => ` ${pieces.join('')}`);

test('a private part is hidden wherever it stands, in text, in an object, and as a key', () => {
  fc.assert(
    fc.property(surroundings, privateTexts, surroundings, (before, { hidden, text }, after) => {
      const whole = `${before}${text}${after}`;

      expect(redactText(whole)).not.toContain(hidden);
      expect(
        JSON.stringify(redact({ list: [{ [whole]: whole }], error: new Error(whole) })),
      ).not.toContain(hidden);
    }),
    { numRuns: 1_000 },
  );
});

const piecesOfSecrets = fc
  .array(
    fc.constantFrom(
      ...[
        '-----BEGIN',
        'KEY-----',
        '://',
        'https',
        'authorization',
        ':',
        'Bearer',
        'eyJ',
        'whsec_',
        're_',
      ],
      ...['-----BEGIN A-----', 'a://b?c', 'Bearer ', '%40', 'token":"', "secret':'", 'v1,', hex],
    ),
    { minLength: 1, maxLength: 4 },
  )
  .chain((pieces) =>
    fc
      .array(fc.stringMatching(/^[A-Za-z0-9._:@=-]{0,12}$/), {
        minLength: pieces.length,
        maxLength: pieces.length,
      })
      .map((between) => pieces.flatMap((piece, index) => [piece, between[index]]).join('')),
  );

const keysInWords = fc
  .array(
    fc.oneof(
      fc.constantFrom('re_', 'whsec_', 'Re_', '_', '-'),
      fc.stringMatching(/^[A-Za-z0-9]{5,9}$/),
    ),
    {
      maxLength: 6,
    },
  )
  .map((pieces) => pieces.join(''));

test('what looks harmless at first sight is what every rule would have left as it is', () => {
  fc.assert(
    fc.property(
      fc.oneof(piecesOfSecrets, keysInWords, fc.stringMatching(/^[A-Za-z0-9._:TZ-]{0,30}$/)),
      (text) => {
        // The quote makes every rule look at it, and none of them is about a quote and a space before it.
        expect(`" ${redactText(text)}`).toBe(redactText(`" ${text}`));
      },
    ),
    { numRuns: 5_000 },
  );
});

test('text is redacted once and for all, and JSON stays JSON', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ stringUnit: 'binary' }),
      fc.string({ unit: 'binary' }),
      (value, text) => {
        expect(redactText(redactText(text))).toBe(redactText(text));
        expect(redact(redact(value))).toEqual(redact(value));
        expect(() => JSON.stringify(redact(value))).not.toThrow();
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  ['letters', 'a'.repeat(900_000)],
  ['at signs', '@'.repeat(900_000)],
  ['letters and at signs', 'a@'.repeat(450_000)],
  ['dots', 'a.'.repeat(450_000)],
  ['schemes', 'https://'.repeat(110_000)],
  ['slashes', 'a://a:b'.repeat(120_000)],
  ['question marks', 'a://b?'.repeat(150_000)],
  ['dashes', '-----BEGIN A-----'.repeat(50_000)],
  ['jwt heads', 'eyJ'.repeat(300_000)],
  ['jwt heads and dashes', 'eyJ-'.repeat(225_000)],
  ['jwt parts', 'eyJ.a'.repeat(180_000)],
  ['secret words', 'token="'.repeat(120_000)],
  ['authorizations', 'authorization:a '.repeat(56_000)],
  ['bearers', 'Bearer '.repeat(128_000)],
  ['spaces', `Bearer${' '.repeat(900_000)}`],
  ['schemes and passwords', 'a://b:'.repeat(150_000)],
  ['escaped quotes', 'token\\"'.repeat(120_000)],
])('a body of 900 KB of %s does not hold up the process', (_, text) => {
  // Linear patterns take a moment and quadratic ones minutes, which only a context of its own can cut short.
  const redacted: string = runInNewContext(
    'redactText(text)',
    { redactText, text },
    { timeout: 30_000 },
  );

  expect(redacted).not.toBe('');
});
