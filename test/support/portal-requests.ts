import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import type pg from 'pg';
import type { Clock } from '../../lambdas/platform/clock.ts';
import { contracts } from '../../lambdas/portal-api/contracts.ts';
import { makeHandleCommand } from '../../lambdas/portal-api/handle-command.ts';
import {
  runIdempotentAroundExternalCall,
  runIdempotentInTransaction,
} from '../../lambdas/portal-api/run-idempotent.ts';
import { makeCreateShareLink } from '../../lambdas/share-links/create-share-link.ts';
import { makeCreateUpload } from '../../lambdas/uploads/create-upload.ts';
import {
  type CreateDirectUpload,
  makeCreateDirectUpload,
} from '../../lambdas/uploads/mux-direct-upload.ts';
import { anHttpApiEvent } from './http-api.ts';

export const backend = 'arn:aws:sts::123456789012:assumed-role/portal-backend/task-1';
export const REMAINING_MS = 15_000;
export const muxToken = JSON.stringify({ tokenId: 'token-1', tokenSecret: 'secret-1' });

export interface CommandCall {
  readonly body?: unknown;
  /** As the header has it, quotes and all. */
  readonly key?: string;
  readonly caller?: string;
}

export interface CommandAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it.
  readonly json: any;
}

export type Send = (call?: CommandCall) => Promise<CommandAnswer>;
type Handler = ReturnType<typeof makeHandleCommand>;

export const aKey = () => `"${randomUUID()}"`;

/** Calls a command as API Gateway does. */
export function sending(handler: Handler): Send {
  return async ({ body, key = aKey(), caller = backend } = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const result = await handler(aSignedEvent({ body: text, key, caller }), {
      getRemainingTimeInMillis: () => REMAINING_MS,
    });
    const {
      statusCode,
      headers = {},
      body: answer = '',
    } = result as Exclude<typeof result, string>;
    return { status: statusCode, headers, text: answer, json: JSON.parse(answer) };
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

interface Surroundings {
  readonly now?: Clock;
  readonly keyHours?: number;
}

export function aShareLinkCommand(
  pool: pg.Pool,
  { now = () => new Date(), keyHours = 24 }: Surroundings = {},
): Send {
  const operation = 'create-share-link';
  const work = makeCreateShareLink({ portalUrl: 'https://portal.example', maxDays: 90, now });
  const runOnce = runIdempotentInTransaction({ operation, keyHours, pool: async () => pool }, work);
  return sending(makeHandleCommand({ operation, request: contracts[operation].request, runOnce }));
}

export interface UploadSurroundings extends Surroundings {
  readonly muxUrl: string;
  readonly timeoutMs?: number;
  readonly apiToken?: () => Promise<string>;
  readonly around?: (create: CreateDirectUpload) => CreateDirectUpload;
}

/** The package reads where Mux is from the environment, as it does in local mode. */
export function anUploadCommand(
  pool: pg.Pool,
  {
    muxUrl,
    timeoutMs = 1_000,
    apiToken = async () => muxToken,
    around = (create) => create,
    keyHours = 24,
    now = () => new Date(),
  }: UploadSurroundings,
): Send {
  process.env['MUX_BASE_URL'] = muxUrl;
  const operation = 'create-upload';
  const createDirectUpload = around(
    makeCreateDirectUpload({ apiToken, corsOrigin: 'https://portal.example', timeoutMs }),
  );
  const settings = {
    operation,
    keyHours,
    pool: async () => pool,
    createDirectUpload,
    now,
  } as const;
  const runOnce = runIdempotentAroundExternalCall(settings, makeCreateUpload(settings));
  return sending(makeHandleCommand({ operation, request: contracts[operation].request, runOnce }));
}
