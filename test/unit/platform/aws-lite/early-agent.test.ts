import { once } from 'node:events';
import { type Agent, createServer, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { makeCertificate } from '../../../../bench/aws/certificate.ts';
import { awsRequest, connectEarly } from '../../../../lambdas/platform/aws-lite/aws-client.ts';
import { EarlyAgent } from '../../../../lambdas/runtime/early-agent.ts';

const { key, cert } = makeCertificate();
const trustedBefore = getCACertificates();
const environment = { ...process.env };

/** As the server has seen them, the handshake done. */
let connections: Socket[] = [];
/** And those whose handshake was only begun. */
let begun = 0;
let answersAfterMs: number;
let agent: EarlyAgent;
let server: ReturnType<typeof createServer>;
let port: number;

beforeAll(() => setDefaultCACertificates([cert]));
afterAll(() => setDefaultCACertificates(trustedBefore));

beforeEach(async () => {
  [connections, begun] = [[], 0];
  agent = new EarlyAgent();
  answersAfterMs = 0;
  server = createServer({ key, cert }, async (incoming, response) => {
    incoming.resume();
    await pause(answersAfterMs);
    response.end(JSON.stringify({ connection: connections.indexOf(incoming.socket) + 1 }));
  });
  server.on('secureConnection', (socket) => connections.push(socket));
  server.on('connection', () => {
    begun += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(() => {
  process.env = { ...environment };
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

const post = (agent: Agent, to = port): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const options = { hostname: '127.0.0.1', port: to, agent, method: 'POST' };
    const sent = request(options, async (response) =>
      resolve(JSON.parse(await text(response)).connection),
    );
    sent.once('error', reject).end('{}');
  });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const isOpen = () => once(server, 'secureConnection');

test('the first request goes over what was opened before, and so do those after it', async () => {
  agent.open('127.0.0.1', port);
  await isOpen();

  expect(await post(agent)).toBe(1);
  expect(await post(agent)).toBe(1);
  expect(connections).toHaveLength(1);
});

test('a request need not wait until it is open', async () => {
  agent.open('127.0.0.1', port);

  expect(await post(agent)).toBe(1);
  expect(connections).toHaveLength(1);
});

test('it is opened once, however often that is asked for', async () => {
  agent.open('127.0.0.1', port);
  agent.open('127.0.0.1', port);
  await post(agent);
  agent.open('127.0.0.1', port);
  await pause(50);

  expect(await post(agent)).toBe(1);
  expect(begun).toBe(1);
});

test('of two requests at once the second has a connection of its own', async () => {
  agent.open('127.0.0.1', port);

  expect((await Promise.all([post(agent), post(agent)])).toSorted()).toEqual([1, 2]);
});

test('what was lost before it was wanted is replaced', async () => {
  agent.open('127.0.0.1', port);
  await isOpen();
  connections[0]?.destroy();
  await pause(50);

  expect(await post(agent)).toBe(2);
});

test('what cannot be opened is nobody’s error until somebody asks for it', async () => {
  const { port: closed } = await aClosedPort();

  agent.open('127.0.0.1', closed);
  await pause(50);

  await expect(post(agent, closed)).rejects.toThrow('ECONNREFUSED');
});

test('what nobody wants for a while is closed', async () => {
  agent = new EarlyAgent({ timeout: 50 });
  agent.open('127.0.0.1', port);
  await isOpen();

  await once(connections[0] as Socket, 'close');
  expect(await post(agent)).toBe(2);
});

test('who took it may wait for longer than it would have been kept', async () => {
  agent = new EarlyAgent({ timeout: 50 });
  answersAfterMs = 200;
  agent.open('127.0.0.1', port);

  expect(await post(agent)).toBe(1);
});

test('what nobody wanted ends with the agent', async () => {
  agent.open('127.0.0.1', port);
  await isOpen();

  agent.destroy();
  await once(connections[0] as Socket, 'close');
});

test('a call to AWS goes over the connection that was opened for its service', async () => {
  Object.assign(process.env, {
    ...{
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
    AWS_ENDPOINT_URL_SQS: `https://127.0.0.1:${port}`,
  });
  connectEarly('sqs');
  await isOpen();

  const call = { service: 'sqs', operation: 'SendMessage', input: {}, attemptMs: 2_000 } as const;
  expect(await awsRequest(call)).toEqual({ connection: 1 });
  expect(connections).toHaveLength(1);
});

test('to connect early never throws: the call that comes says what is wrong', async () => {
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_SQS: 'not an address',
  });

  expect(() => connectEarly('sqs')).not.toThrow();
});

async function aClosedPort(): Promise<AddressInfo> {
  const other = createServer({ key, cert }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address() as AddressInfo;
  other.close();
  await once(other, 'close');
  return address;
}
