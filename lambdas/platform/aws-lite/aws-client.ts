import type { RequestOptions } from 'node:http';
import { readEnv } from '../env.ts';
import { log } from '../logger.ts';
import { signedHeaders } from './sigv4.ts';

/**
 * The two services of the acknowledgement path, where the SDK's clients cost more than everything else together, and
 * CloudWatch, whose client would be carried along for a single call.
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
  /** There are at most two attempts. */
  readonly attemptMs: number;
}

export type AwsAnswer = Readonly<Record<string, unknown>>;

/** `code` is AWS's error type, or says what became of the connection. Never holds what was asked or answered. */
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
 * One signed call in the AWS JSON protocol. A lost connection, a timeout, a throttle and a fault of the service's are
 * tried once more, so the operation must stand being done twice.
 * @throws AwsRequestError
 */
export async function awsRequest(call: AwsCall): Promise<AwsAnswer> {
  try {
    return await attempt(call, {});
  } catch (error) {
    if (!(error instanceof AwsRequestError) || !error.retryable) throw error;
    log.warn('AWS request is tried again', {
      service: call.service,
      operation: call.operation,
      code: error.code,
    });
    await new Promise((resolve) => setTimeout(resolve, 25 + Math.random() * 75));
    // A connection of its own: what the pool kept while Lambda froze the process may be as dead as the first.
    return attempt(call, { agent: false });
  }
}

async function attempt(
  call: AwsCall,
  connection: Pick<RequestOptions, 'agent'>,
): Promise<AwsAnswer> {
  const { options, body, secure } = signed(call);
  const { status, text } = await exchange(call, { ...options, ...connection }, body, secure);
  const answer = parse(text);
  if (status === 200 && answer !== undefined) return answer;
  const code = errorType(answer) ?? `Status${status}`;
  throw new AwsRequestError(call, code, status >= 500 || status === 429 || isThrottle.test(code));
}

const isThrottle = /throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i;

function signed({ service, operation, input }: AwsCall) {
  // Read for each call: importing this file must need no AWS, as tests and tools do.
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

// A process talks to a few, and reading an address takes as long as signing a request.
const endpoints = new Map<string, URL>();

function endpointOf(service: AwsCall['service'], region: string): URL {
  const address =
    process.env[services[service].endpointVariable] || `https://${service}.${region}.amazonaws.com`;
  const endpoint = endpoints.get(address) ?? new URL(address);
  endpoints.set(address, endpoint);
  return endpoint;
}

interface Exchanged {
  readonly status: number;
  readonly text: string;
}

function exchange(
  call: AwsCall,
  options: RequestOptions,
  body: string,
  secure: boolean,
): Promise<Exchanged> {
  // An ESM import reads all that a module exports: of node:http that loads undici, which costs a cold start 26 ms.
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

function parse(text: string): AwsAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as AwsAnswer) : undefined;
  } catch {
    return undefined;
  }
}

/** `com.amazonaws.sqs#QueueDoesNotExist` is `QueueDoesNotExist`. */
function errorType(answer: AwsAnswer | undefined): string | undefined {
  const type = answer?.['__type'];
  return typeof type === 'string'
    ? type.slice(type.indexOf('#') + 1).replace(/[^\w.].*$/s, '')
    : undefined;
}
