import { expect, test } from '@jest/globals';
import aws4 from 'aws4';
import fc from 'fast-check';
import { signedHeaders } from '../../../../lambdas/platform/aws-lite/sigv4.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const secretKey = fc.stringMatching(/^[A-Za-z0-9/+]{1,40}$/);
// aws4 has special rules for s3 (a header with the body's hash) and email (another name in the
// scope).
const service = word.filter((name) => !['s3', 'email'].includes(name));
const posts = fc.record({
  service,
  region: word,
  host: word.map((name) => `${name}.amazonaws.com`),
  contentType: fc.constantFrom('application/x-amz-json-1.0', 'application/x-amz-json-1.1'),
  target: word.map((operation) => `Service_20261127.${operation}`),
  body: fc.string({ unit: 'grapheme' }),
});
const credentials = fc.record({
  accessKeyId: fc.stringMatching(/^[A-Z0-9]{4,20}$/),
  secretAccessKey: secretKey,
  sessionToken: fc.option(secretKey, { nil: undefined }),
});
const times = fc.date({
  min: new Date('2020-01-01'),
  max: new Date('2040-01-01'),
  noInvalidDate: true,
});

test('signs like aws4 after a change of key, day or region', () => {
  fc.assert(
    fc.property(
      posts,
      credentials,
      credentials,
      times,
      times,
      word,
      (post, one, other, now, later, region) => {
        const requests: readonly Parameters<typeof signedHeaders>[] = [
          [post, one, now],
          [post, other, now],
          [post, other, later],
          [{ ...post, region }, other, later],
          [post, one, now],
        ];

        for (const request of requests)
          expect(signedHeaders(...request)).toEqual(headersOfAws4(...request));
      },
    ),
    { numRuns: 200 },
  );
});

function headersOfAws4(
  ...[post, { sessionToken, ...keys }, now]: Parameters<typeof signedHeaders>
) {
  const { service, region, host, contentType, target, body } = post;
  const time = now.toISOString().replace(/[:-]|\.\d+/g, '');
  const { headers = {} } = aws4.sign(
    {
      service,
      region,
      method: 'POST',
      path: '/',
      body,
      headers: {
        Host: host,
        'Content-Type': contentType,
        'X-Amz-Target': target,
        'X-Amz-Date': time,
      },
      // Node adds the length when it sends the request.
      extraHeadersToIgnore: { 'content-length': true },
    } as aws4.Request,
    { ...keys, ...(sessionToken && { sessionToken }) },
  );
  const signed = Object.entries(headers).filter(([name]) => name !== 'Content-Length');
  return Object.fromEntries(signed.map(([name, value]) => [name.toLowerCase(), value]));
}
