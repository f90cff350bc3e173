import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readBody } from '../read-body.ts';
import type { Certificate } from './certificate.ts';

export type Input = Readonly<Record<string, unknown>>;
export type Answer = readonly [status: number, answer: object];

/** @param text The request as it came, of which `input` is the meaning. */
export type Operation = (input: Input, text: string) => Answer | Promise<Answer>;
export type Operations = Readonly<Record<string, Operation>>;

/** AWS's JSON protocol over TLS 1.3, for what is signed. @returns the port, on 127.0.0.1. */
export function openService(certificate: Certificate, operations: Operations): Promise<number> {
  const server = createServer(
    { ...certificate, minVersion: 'TLSv1.3' },
    async (request, response) => {
      const operation = operations[String(request.headers['x-amz-target'])];
      const isSigned = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') ?? false;
      const input = (await readBody(request)).toString();
      const [status, answer] =
        operation === undefined || !isSigned
          ? ([400, { __type: 'InvalidAction' }] as const)
          : await operation(JSON.parse(input), input);
      const body = JSON.stringify(answer);
      response.writeHead(status, {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    },
  );
  // AWS keeps an idle connection for longer than any pause between two slices.
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}
