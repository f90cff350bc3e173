import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makePublishEvents } from '../../../lambdas/outbox/put-events.ts';
import { useAwsEnvironment } from '../../support/aws/aws-service.ts';
import { awsCalls, event, failsCleanly, limits } from '../../support/service-calls/aws-calls.ts';
import { providerCalls } from '../../support/service-calls/provider-calls.ts';
import { sourcesUnder } from '../../support/source.ts';

/** Sends the headers and a part of the body, and then nothing. */
const stalls = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"a":');
};
const neverAnswers = () => {};
/** Sends the headers and then one byte every 20 ms, for ever. */
const drips = (response: ServerResponse) => {
  stalls(response);
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

let behave: (response: ServerResponse) => void;
let server: Server;
let requests = 0;

beforeEach(async () => {
  requests = 0;
  server = createServer((request, response) => {
    requests += 1;
    request.resume();
    behave(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services = ['CLOUDWATCH', 'EVENTBRIDGE', 'KMS', 'LAMBDA', 'S3', 'SECRETS_MANAGER', 'SQS'];
  useAwsEnvironment(
    Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, url])),
  );
  Object.assign(process.env, { MUX_BASE_URL: url, RESEND_BASE_URL: url, ...signer });
});
afterEach(() => {
  delete process.env['MUX_BASE_URL'];
  delete process.env['RESEND_BASE_URL'];
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

/** Identity of a function, as Lambda sets it. */
const signer = {
  AWS_REGION: 'ap-southeast-2',
  AWS_ACCESS_KEY_ID: 'LOCAL',
  AWS_SECRET_ACCESS_KEY: 'local',
};

const calls = [...awsCalls, ...providerCalls];

/** The deadlines of the calls are 1.5 s; a busy machine needs longer to notice them. */
const LONGEST_MS = 60_000;
const TEST_MS = 2 * LONGEST_MS;

test.each([
  ['has not even headers', neverAnswers],
  ['stalls after its headers', stalls],
  ['drips after its headers', drips],
])(
  'ends each call whose response %s',
  async (_, behaviour) => {
    behave = behaviour;
    const results = calls.map(async ([name, call]) => {
      const waiting = setTimeout(LONGEST_MS, 'still waiting', { ref: false });
      return [name, await Promise.race([call().catch(() => failsCleanly), waiting])] as const;
    });

    expect(Object.fromEntries(await Promise.all(results))).toEqual(
      Object.fromEntries(calls.map(([name, , expected]) => [name, expected])),
    );
  },
  TEST_MS,
);

/** On a busy machine, a deadline may pass before the request leaves. */
const TRIES = 20;

test.each(calls)(
  '%s sends a request, so the tests above wait for its response',
  async (_, call) => {
    behave = (response) => response.writeHead(400, { 'content-type': 'application/json' }).end();
    for (let tried = 0; requests === 0 && tried < TRIES; tried += 1) await call().catch(() => {});

    expect(requests).toBeGreaterThan(0);
  },
  TEST_MS,
);

test(
  'retries a call whose body stalls',
  async () => {
    behave = (response) => {
      if (requests === 1) return stalls(response);
      const body = JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: 'b-1' }] });
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
    };
    // The deadline of the call is a minute later than the end of its first attempt.
    const patient = { ...limits, attempts: TEST_MS / limits.attemptMs };

    expect(await makePublishEvents('bus', 1_048_576, patient)([event])).toMatchObject({
      failed: [],
    });
    expect(requests).toBeGreaterThan(1);
  },
  TEST_MS,
);

test('each call of the SDK has a deadline', () => {
  const sends = sourcesUnder('lambdas')
    .filter(({ text }) => text.includes("from '@aws-sdk/client-"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\.send\(.*?;\n/gs)].map(([statement]) => ({ path, statement })),
    );

  expect(sends.length).toBeGreaterThan(10);
  expect(sends.filter(({ statement }) => !statement.includes('callDeadline('))).toEqual([]);
});
