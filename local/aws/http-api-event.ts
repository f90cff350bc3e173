import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ACCOUNT_ID } from './account-id.ts';

export interface HttpApiRequest {
  readonly request: Pick<
    IncomingMessage,
    'method' | 'headers' | 'rawHeaders' | 'httpVersion' | 'socket'
  >;
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly stagePrefix: string;
  /** True if the caller signed the request with an AWS identity. */
  readonly signed?: boolean;
}

/**
 * Builds the event of a Lambda integration in payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpApiEvent({
  request,
  routeKey,
  rawPath,
  rawQueryString,
  parameters,
  body,
  stagePrefix,
  signed = false,
}: HttpApiRequest) {
  const { cookie, ...headers } = joinedHeaders(request.rawHeaders);
  const now = new Date();
  const text = isText(headers['content-type']);
  const query = joinedQuery(rawQueryString);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: { ...headers, 'x-amzn-trace-id': headers['x-amzn-trace-id'] ?? traceId(now) },
    ...(Object.keys(query).length > 0 ? { queryStringParameters: query } : {}),
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: 'local',
      ...(signed ? { authorizer: { iam: signerOf(headers['authorization']) } } : {}),
      domainName: headers['host'] ?? '127.0.0.1',
      domainPrefix: 'local',
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomBytes(11).toString('base64'),
      routeKey,
      stage: stagePrefix === '' ? '$default' : stagePrefix.slice(1),
      time: clfTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 ? { body: body.toString(text ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !text,
  };
}

const ROLE_KEY = 'ROLE.';

/** Access key with which a function of local mode signs, so that its requests name its role. */
export const accessKeyOf = (roleName: string): string => `${ROLE_KEY}${roleName}`;

/** Reads the identity from the access key, whose signature local mode does not verify. */
function signerOf(authorization = '') {
  const [, accessKey = ''] = /Credential=([^/,\s]+)/.exec(authorization) ?? [];
  const role = accessKey.startsWith(ROLE_KEY) ? accessKey.slice(ROLE_KEY.length) : undefined;
  const userArn =
    role === undefined
      ? `arn:aws:iam::${ACCOUNT_ID}:user/local-operator`
      : `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${role}/local`;
  return { accountId: ACCOUNT_ID, accessKey, callerId: 'LOCAL', userId: 'LOCAL', userArn };
}

/**
 * Lower-cases the names and joins repeated headers with a comma.
 * Reads `rawHeaders`, because Node's `headers` drops some repeated headers.
 */
function joinedHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const value = rawHeaders[index + 1] ?? '';
    joined[name] =
      name in joined ? `${joined[name]}${name === 'cookie' ? '; ' : ','}${value}` : value;
  }
  return joined;
}

function joinedQuery(rawQueryString: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString))
    joined[name] = name in joined ? `${joined[name]},${value}` : value;
  return joined;
}

/** Returns false for unknown types and for a missing type; such a body is sent as base64. */
function isText(contentType = ''): boolean {
  return /^(?:text\/|application\/(?:json|javascript|xml)\b)/i.test(contentType.trim());
}

function traceId(now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** Formats a time as web servers do in their logs: `23/Nov/2026:09:16:50 +0000`. */
function clfTime(now: Date): string {
  const [, day, month, year, time] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(now.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
