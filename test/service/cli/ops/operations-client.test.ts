import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import aws4 from 'aws4';
import { BadInputError, NotFoundError } from '../../../../cli/command-line/errors.ts';
import { makeRunCommand } from '../../../../cli/ops/operations-client.ts';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly path: string;
}

let server: Server;
let url: string;
let response: { readonly status: number; readonly body: string };
const received: Received[] = [];

beforeEach(async () => {
  received.length = 0;
  response = { status: 200, body: '{"ok":true}' };
  server = createServer(async (request, reply) => {
    received.push({
      headers: request.headers,
      body: await text(request),
      path: request.url ?? '',
    });
    reply.writeHead(response.status).end(response.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void server.close());

const run = () =>
  makeRunCommand({ url, region: 'ap-southeast-2', isLocal: true })({
    command: 'events show',
    arguments: { provider: 'mux', event: 'évènement ü' },
  });

test('names the reason for which the API cannot be reached', async () => {
  const run = makeRunCommand({ url: 'http://127.0.0.1:1', region: 'r', isLocal: true });

  await expect(run({ command: 'jobs list', arguments: {} })).rejects.toThrow(
    /^127\.0\.0\.1:1 cannot be reached: .*(ECONNREFUSED|bad port)/,
  );
});

test('signs a request as aws4 does', async () => {
  await expect(run()).resolves.toEqual({ ok: true });

  const [{ headers, body, path } = { headers: {}, body: '', path: '' }] = received;
  expect(path).toBe('/api/v1/operations/events/show');
  expect(JSON.parse(body)).toEqual({ provider: 'mux', event: 'évènement ü' });
  const { authorization, 'x-amz-date': date, 'x-amz-content-sha256': hash } = headers;
  const unsigned = {
    service: 'execute-api',
    region: 'ap-southeast-2',
    method: 'POST',
    path,
    headers: {
      Host: headers.host ?? '',
      'Content-Type': 'application/json',
      'X-Amz-Date': String(date),
      'X-Amz-Content-Sha256': String(hash),
    },
    body,
    // The SDK does not sign the length, which aws4 adds.
    extraHeadersToIgnore: { 'content-length': true },
  };
  const expected = aws4.sign(unsigned, { accessKeyId: 'LOCAL', secretAccessKey: 'local' });
  expect(authorization).toBe(expected.headers?.['Authorization']);
});

test.each([
  [404, '{"detail":"Not found."}', NotFoundError, 'Not found.'],
  [400, '{"detail":"expected one of: mux"}', BadInputError, 'expected one of: mux'],
  [404, '{"message":"Not Found"}', Error, "The stage has no command 'events show'."],
  [
    403,
    '{"message":"Forbidden"}',
    Error,
    "'events show' needs the policy of the stack output Look",
  ],
  [500, '{"detail":"The command failed."}', Error, '500: The command failed.'],
  [502, 'Bad Gateway', Error, '502: Bad Gateway'],
])('turns a response with status %s into an error', async (status, body, kind, message) => {
  response = { status, body };

  await expect(run()).rejects.toThrow(kind);
  await expect(run()).rejects.toThrow(message);
});
