import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { useAwsEnvironment } from './aws-service.ts';

export interface DocumentedAnswer {
  readonly status?: number;
  readonly body: string | object;
}

export interface DocumentedServer {
  readonly url: () => string;
  /** Paths with their query, or the actions of the Query protocol with their parameters. */
  readonly requests: string[];
  /** Answers each request whose text starts with one of the keys; others with 404. */
  answers(answers: Readonly<Record<string, DocumentedAnswer | readonly DocumentedAnswer[]>>): void;
}

/**
 * Starts a server on 127.0.0.1 that gives the answers of an API's documentation, and points the
 * clients of AWS, Resend and Mux at it. Several answers of one key are given in their order.
 */
export function useDocumentedServer(): DocumentedServer {
  const requests: string[] = [];
  let planned = new Map<string, DocumentedAnswer[]>();
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const action = form.get('Action');
    for (const name of ['Action', 'Version']) form.delete(name);
    const what = action === null ? `${request.method} ${request.url}` : `${action} ${form}`;
    requests.push(what);
    const [, answers = []] = [...planned].find(([key]) => what.startsWith(key)) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    const { status = 200, body = 'No such path.' } = answer ?? { status: 404 };
    const isText = typeof body === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/xml' : 'application/json' });
    response.end(isText ? body : JSON.stringify(body));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    useAwsEnvironment({ AWS_ENDPOINT_URL: url() });
    Object.assign(process.env, { RESEND_BASE_URL: url(), MUX_BASE_URL: url() });
  });
  beforeEach(() => {
    requests.length = 0;
  });
  afterAll(() => {
    for (const name of ['AWS_ENDPOINT_URL', 'RESEND_BASE_URL', 'MUX_BASE_URL'])
      delete process.env[name];
    server.closeAllConnections();
    server.close();
  });
  return {
    url,
    requests,
    answers(answers) {
      planned = new Map(Object.entries(answers).map(([key, one]) => [key, [one].flat()]));
    },
  };
}
