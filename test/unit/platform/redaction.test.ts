import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
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
  ['https://portal.example/unsubscribe/jane@example.org', 'https://portal.example/***'],
  ['bounces+jane=example.org@mail.example.com', '***@mail.example.com'],
  ['mailto:jane@example.org', 'mailto:***@example.org'],
  ['https://stream.mux.com/abc.m3u8?token=x.y.z', 'https://stream.mux.com/***?***'],
  ['see https://a.example/b?c=d#e, then', 'see https://a.example/***?*** then'],
  ['https://portal.example/share#access_token=abc', 'https://portal.example/***#***'],
  [
    'postgres://portal:s3cr%40t@db.example:5432/portal?x=1',
    'postgres://***@db.example:5432/portal?***',
  ],
  ['postgres://portal:s3cr@t@db.example/portal', 'postgres://***@db.example/portal'],
  ['https://docs.example/page', 'https://docs.example/***'],
  ['https://docs.example/', 'https://docs.example/'],
  ['https://portal.example/s/AbCdEf123456.', 'https://portal.example/***'],
  [
    'https://sqs.ap-southeast-2.amazonaws.com/000000000000/queue',
    'https://sqs.ap-southeast-2.amazonaws.com/000000000000/queue',
  ],
  ['https://amazonaws.com.evil.example/s/token', 'https://amazonaws.com.evil.example/***'],
  ['rtmps://global-live.mux.com:443/app/5b8c-aa', 'rtmps://global-live.mux.com:443/***'],
  ['stream_key: 4cf1-9a0b-77de-1c2f', 'stream_key: ***'],
  ['{"stream_key":"4cf19a0b"}', '{"stream_key":"***"}'],
  ['AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE', '*** and ***'],
  ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG', 'aws_secret_access_key = ***'],
  ['curl -H x-api-key:abc123', 'curl -H x-api-key:***'],
  ["-H 'X-Api-Key: abc'", "-H 'X-Api-Key: ***'"],
  ['x-amz-security-token: IQoJb3Jp', 'x-amz-security-token: ***'],
  ['token = abc', 'token = ***'],
  ['the password = "hunter 2"', 'the password = "*** 2"'],
  ['api_key: sk4Abc123456789', 'api_key: ***'],
  ['Invalid token: expected a number', 'Invalid token: expected a number'],
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
])('redacts %j to %j', (text, redacted) => {
  expect(redactText(text)).toBe(redacted);
});

test('hides values of private keys at every depth and keeps the rest', () => {
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

test('hides only the path and the signature of the URL in a Mux upload', () => {
  const body = JSON.parse(muxFixture('video.upload.created').toString());

  expect(redact(body)).toEqual({
    ...body,
    data: { ...body.data, url: 'https://storage.googleapis.com/***?***' },
  });
});

test('describes errors with their causes and redacts them', () => {
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

test('redacts the message, stack and properties of an error that leaves a handler', () => {
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

test('converts values that JSON does not support', () => {
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
