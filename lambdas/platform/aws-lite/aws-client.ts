import type { RequestOptions } from 'node:http';
import { readEnv } from '../env.ts';
import { parseJsonObject } from '../json.ts';
import { log } from '../logger.ts';
import { signedHeaders } from './sigv4.ts';

/**
 * Services of the acknowledgement path. README.md beside this file explains why they are
 * not called with the SDK.
 */
const services = {
  sqs: { targetPrefix: 'AmazonSQS', jsonVersion: '1.0', endpointVariable: 'AWS_ENDPOINT_URL_SQS' },
  secretsmanager: {
    targetPrefix: 'secretsmanager',
    jsonVersion: '1.1',
    endpointVariable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  },
} as const;

export interface AwsCall {
  readonly service: keyof typeof services;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Time limit of one attempt; a call has at most two. */
  readonly attemptMs: number;
}

const LONGEST_PAUSE_MS = 100;

/** Longest time of one call: two attempts and the pause between them. */
export const longestCallMs = (attemptMs: number): number => 2 * attemptMs + LONGEST_PAUSE_MS;

export type AwsResponse = Readonly<Record<string, unknown>>;

/**
 * `code` is the error type of AWS or the error code of the connection. Contains neither input nor
 * response.
 */
export class AwsRequestError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(call: AwsCall, code: string, retryable: boolean, options?: ErrorOptions) {
    super(`${call.service} ${call.operation} failed: ${code}.`, options);
    this.name = 'AwsRequestError';
    this.code = code;
    this.retryable = retryable;
  }
}

/**
 * Makes one signed call in the AWS JSON protocol. Retries once after a lost connection, a timeout,
 * a throttle or a server error, so the operation must be safe to repeat.
 * @throws AwsRequestError
 */
export async function awsRequest(call: AwsCall): Promise<AwsResponse> {
  try {
    return await attempt(call, {});
  } catch (error) {
    if (!(error instanceof AwsRequestError) || !error.retryable) throw error;
    log.warn('AWS request failed; retrying', {
      service: call.service,
      operation: call.operation,
      code: error.code,
    });
    await new Promise((resolve) =>
      setTimeout(resolve, LONGEST_PAUSE_MS * (0.25 + 0.75 * Math.random())),
    );
    // A new connection, because every pooled one may have died while Lambda froze the process.
    return attempt(call, { agent: false });
  }
}

async function attempt(
  call: AwsCall,
  connection: Pick<RequestOptions, 'agent'>,
): Promise<AwsResponse> {
  const { options, body, secure } = toSignedRequest(call);
  const { status, text } = await exchange(call, { ...options, ...connection }, body, secure);
  const response = parseJsonObject(text);
  if (status === 200 && response !== undefined) return response;
  const code = errorType(response) ?? `Status${status}`;
  const retryable = status >= 500 || status === 429 || throttleCode.test(code);
  throw new AwsRequestError(call, code, retryable);
}

const throttleCode = /throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i;

function toSignedRequest({ service, operation, input }: AwsCall) {
  // Read for each call, so that tests and tools can import this file without AWS settings.
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = readEnv([
    'AWS_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  ]);
  const { targetPrefix, jsonVersion } = services[service];
  const endpoint = endpointOf(service, AWS_REGION);
  const body = JSON.stringify(input);
  const headers = signedHeaders(
    {
      service,
      region: AWS_REGION,
      host: endpoint.host,
      contentType: `application/x-amz-json-${jsonVersion}`,
      target: `${targetPrefix}.${operation}`,
      body,
    },
    {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: process.env['AWS_SESSION_TOKEN'],
    },
    new Date(),
  );
  const options: RequestOptions = {
    method: 'POST',
    hostname: endpoint.hostname,
    path: '/',
    headers,
  };
  if (endpoint.port !== '') options.port = endpoint.port;
  return { options, body, secure: endpoint.protocol === 'https:' };
}

// Cached, because parsing a URL takes as long as signing a request.
const endpoints = new Map<string, URL>();

function endpointOf(service: AwsCall['service'], region: string): URL {
  const address =
    process.env[services[service].endpointVariable] || `https://${service}.${region}.amazonaws.com`;
  const endpoint = endpoints.get(address) ?? new URL(address);
  endpoints.set(address, endpoint);
  return endpoint;
}

interface HttpResult {
  readonly status: number;
  readonly text: string;
}

function exchange(
  call: AwsCall,
  options: RequestOptions,
  body: string,
  secure: boolean,
): Promise<HttpResult> {
  // An ESM import of node:http would read all its exports and so load undici: 26 ms of a cold
  // start.
  const { request: send } = process.getBuiltinModule(secure ? 'node:https' : 'node:http');

  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(new AwsRequestError(call, error.code ?? 'ConnectionFailed', true, { cause: error }));
    };
    const request = send(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    const timer = setTimeout(() => {
      reject(new AwsRequestError(call, 'TimedOut', true));
      request.destroy();
    }, call.attemptMs);
    request.on('error', fail);
    request.end(body);
  });
}

/** Shortens `com.amazonaws.sqs#QueueDoesNotExist` to `QueueDoesNotExist`. */
function errorType(response: AwsResponse | undefined): string | undefined {
  const type = response?.['__type'];
  return typeof type === 'string'
    ? type.slice(type.indexOf('#') + 1).replace(/[^\w.].*$/s, '')
    : undefined;
}
