import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach } from '@jest/globals';

export interface AwsRequest {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly input: Record<string, unknown>;
  /**
   * Number of the connection, counted from 1. Requests with the same number shared a connection.
   */
  readonly connection: number;
}

export type AwsBehaviour = (response: ServerResponse, request: AwsRequest) => void;

export const answers =
  (status: number, body: unknown): AwsBehaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

export const fails = (status: number, type: string): AwsBehaviour =>
  answers(status, { __type: type, message: 'No.' });

export const resetsConnection: AwsBehaviour = (response) => response.socket?.resetAndDestroy();

export const resetsWithinBody: AwsBehaviour = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"MessageId":', () => response.socket?.resetAndDestroy());
};

export const closesWithinBody: AwsBehaviour = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"MessageId":', () => response.socket?.end());
};

export const neverAnswers: AwsBehaviour = () => {};

/**
 * Starts an AWS endpoint on 127.0.0.1 for each test and points the environment at it. Each request
 * gets the next behaviour; the last one repeats. An SDK client keeps the endpoint of its first
 * request, so tests that share a client set `keepsPort`.
 */
export function useAwsService({ keepsPort = false } = {}) {
  const requests: AwsRequest[] = [];
  let behaviours: readonly AwsBehaviour[] = [];
  let server: Server;
  let port = 0;
  const url = () => `http://127.0.0.1:${port}`;

  beforeEach(async () => {
    requests.length = 0;
    let connections = 0;
    const numbers = new WeakMap<object, number>();
    server = createServer(async (incoming, response) => {
      const body = await text(incoming);
      const connection = numbers.get(incoming.socket) ?? 0;
      const request = { headers: incoming.headers, body, input: JSON.parse(body), connection };
      const behave = behaviours[Math.min(requests.length, behaviours.length - 1)];
      requests.push(request);
      behave?.(response, request);
    });
    server.on('connection', (socket) => {
      connections += 1;
      numbers.set(socket, connections);
    });
    await new Promise<void>((resolve) => server.listen(keepsPort ? port : 0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    useAwsEnvironment({
      AWS_ENDPOINT_URL_SQS: url(),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url(),
      AWS_ENDPOINT_URL_CLOUDWATCH: url(),
    });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  return {
    requests,
    url,
    behaves(...next: readonly AwsBehaviour[]) {
      behaviours = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function useAwsEnvironment(endpoints: Readonly<Record<string, string>>): void {
  Object.assign(process.env, endpoints, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: 'session-token',
  });
}
