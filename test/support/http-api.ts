import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export interface Post {
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly receivedAt?: Date;
  /** Encodes the body in base64, as HTTP APIs do for some content types. */
  readonly base64?: boolean;
}

/** Composes the event of a POST request as an HTTP API sends it, in payload format 2.0. */
export function anHttpApiEvent({
  body,
  headers = {},
  receivedAt = new Date(),
  base64 = false,
}: Post = {}) {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const path = '/api/v1/webhooks/mux';
  return {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...headers },
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      domainName: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      http: {
        method: 'POST',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'Mux/1.0',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `POST ${path}`,
      stage: '$default',
      time: '23/Nov/2026:09:16:50 +0000',
      timeEpoch: receivedAt.getTime(),
    },
    ...(bytes === undefined ? {} : { body: bytes.toString(base64 ? 'base64' : 'utf8') }),
    isBase64Encoded: base64,
  } satisfies APIGatewayProxyEventV2;
}
