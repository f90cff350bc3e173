import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import type pg from 'pg';
import type { Clock } from '../../../lambdas/platform/clock.ts';
import type { FetchSecret } from '../../../lambdas/platform/secret-cache.ts';
import { contracts } from '../../../lambdas/portal-api/contracts.ts';
import { makeHandlePortalRequest } from '../../../lambdas/portal-api/handle-portal-request.ts';
import { makeOpenResponseCipher } from '../../../lambdas/portal-api/response-cipher.ts';
import {
  runIdempotentAroundExternalCall,
  runIdempotentInTransaction,
} from '../../../lambdas/portal-api/run-idempotent.ts';
import { makeCreateShareLink } from '../../../lambdas/share-links/create-share-link.ts';
import { makeCreateUpload } from '../../../lambdas/uploads/create-upload.ts';
import {
  type CreateDirectUpload,
  makeCreateDirectUpload,
} from '../../../lambdas/uploads/mux-direct-upload.ts';
import { anHttpApiEvent } from '../http-api.ts';

export const backend = 'arn:aws:sts::123456789012:assumed-role/portal-backend/task-1';
export const REMAINING_MS = 15_000;
export const muxToken = JSON.stringify({ tokenId: 'token-1', tokenSecret: 'secret-1' });

export interface PortalCall {
  readonly body?: unknown;
  /** Value of the header, including its quotes. */
  readonly key?: string;
  readonly caller?: string;
}

export interface PortalResponse {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test asserts the type it expects.
  readonly json: any;
}

export type Send = (call?: PortalCall) => Promise<PortalResponse>;
type Handler = ReturnType<typeof makeHandlePortalRequest>;

export const aKey = () => `"${randomUUID()}"`;

/** Returns a function that invokes the handler as API Gateway does. */
export function makeSend(handler: Handler): Send {
  return async ({ body, key = aKey(), caller = backend } = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const result = await handler(aSignedEvent({ body: text, key, caller }), {
      getRemainingTimeInMillis: () => REMAINING_MS,
    });
    const {
      statusCode,
      headers = {},
      body: responseText = '',
    } = result as Exclude<typeof result, string>;
    return { status: statusCode, headers, text: responseText, json: JSON.parse(responseText) };
  };
}

function aSignedEvent({
  body,
  key,
  caller,
}: {
  body: string | undefined;
  key: string;
  caller: string;
}) {
  const event = anHttpApiEvent({
    ...(body === undefined ? {} : { body }),
    headers: key === '' ? {} : { 'idempotency-key': key },
  });
  const authorizer = { iam: { userArn: caller } };
  const requestContext = { ...event.requestContext, ...(caller === '' ? {} : { authorizer }) };
  return { ...event, requestContext } as unknown as APIGatewayProxyEventV2WithIAMAuthorizer;
}

interface OperationOptions {
  readonly now?: Clock;
  readonly keyHours?: number;
  readonly fetchSecret?: FetchSecret;
}

export const responseSecret = 'a-response-secret-of-the-tests-with-48-characters';

const onlyCurrent: FetchSecret = async (_, version) =>
  version === 'AWSCURRENT' ? responseSecret : undefined;

const aCipher = (fetch: FetchSecret, now: Clock) =>
  makeOpenResponseCipher({ secretId: 'response-secret', fetch, now });

export function makeSendShareLink(
  pool: pg.Pool,
  { now = () => new Date(), keyHours = 24, fetchSecret = onlyCurrent }: OperationOptions = {},
): Send {
  const operation = 'create-share-link';
  const createShareLink = makeCreateShareLink({
    portalUrl: 'https://portal.example',
    maxDays: 90,
    now,
  });
  const runIdempotent = runIdempotentInTransaction(
    { operation, keyHours, pool: async () => pool, openCipher: aCipher(fetchSecret, now) },
    createShareLink,
  );
  const { request } = contracts[operation];
  return makeSend(makeHandlePortalRequest({ operation, request, runIdempotent, now }));
}

export interface UploadOptions extends OperationOptions {
  readonly muxUrl: string;
  readonly timeoutMs?: number;
  readonly uploadSeconds?: number;
  readonly apiToken?: () => Promise<string>;
  /** Wraps the call to Mux, so that a test can stop around it. */
  readonly around?: (create: CreateDirectUpload) => CreateDirectUpload;
}

/** Sets MUX_BASE_URL: Mux's package reads its URL from the environment, as in local mode. */
export function makeSendUpload(
  pool: pg.Pool,
  {
    muxUrl,
    timeoutMs = 1_000,
    uploadSeconds = 3_600,
    apiToken = async () => muxToken,
    around = (create) => create,
    keyHours = 24,
    fetchSecret = onlyCurrent,
    now = () => new Date(),
  }: UploadOptions,
): Send {
  process.env['MUX_BASE_URL'] = muxUrl;
  const operation = 'create-upload';
  const getPool = async () => pool;
  const createDirectUpload = around(
    makeCreateDirectUpload({
      apiToken,
      corsOrigin: 'https://portal.example',
      uploadSeconds,
      timeoutMs,
    }),
  );
  const runIdempotent = runIdempotentAroundExternalCall(
    { operation, keyHours, pool: getPool, openCipher: aCipher(fetchSecret, now) },
    makeCreateUpload({ pool: getPool, keyHours, createDirectUpload, uploadSeconds, now }),
  );
  const { request } = contracts[operation];
  return makeSend(makeHandlePortalRequest({ operation, request, runIdempotent, now }));
}
