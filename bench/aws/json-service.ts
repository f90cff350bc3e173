import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Certificate } from './certificate.ts';

export type Input = Readonly<Record<string, unknown>>;
export type Answer = readonly [status: number, answer: object];

/** @param text The request as it came, of which `input` is the meaning. */
export type Operation = (input: Input, text: string) => Answer | Promise<Answer>;
export type Operations = Readonly<Record<string, Operation>>;

/** AWS's JSON protocol over TLS 1.3, for what is signed. @returns the port, on 127.0.0.1. */
export function openService(certificate: Certificate, operations: Operations): Promise<number> {
  const answer = answering(
    operations,
    ({ headers }) => headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') ?? false,
  );
  return listening(createTlsServer({ ...certificate, minVersion: 'TLSv1.3' }, answer));
}

/** The same without TLS and signatures, for what in AWS is behind the same door. */
export function openInnerService(operations: Operations): Promise<number> {
  return listening(createServer(answering(operations, () => true)));
}

function answering(operations: Operations, isWelcome: (request: IncomingMessage) => boolean): RequestListener {
  return async (request, response) => {
    const operation = operations[String(request.headers['x-amz-target'])];
    const input = await text(request);
    const [status, answer] =
      operation === undefined || !isWelcome(request)
        ? ([400, { __type: 'InvalidAction' }] as const)
        : await operation(JSON.parse(input), input);
    const body = JSON.stringify(answer);
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  };
}

function listening(server: Pick<Server, 'keepAliveTimeout' | 'listen' | 'address'>): Promise<number> {
  // AWS keeps an idle connection for longer than any pause between two slices.
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}
