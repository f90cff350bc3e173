import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import type { z } from 'zod';
import { parseJson } from '../platform/json.ts';
import { readIdempotencyKey } from './idempotency-key.ts';
import type { Fault, Problem } from './problem.ts';

export interface PortalRequest<Body> {
  /** ARN of the signing identity. Idempotency keys are separate for each caller. */
  readonly caller: string;
  readonly key: string;
  readonly body: Body;
}

export type PortalRequestReading<Body> =
  | { readonly request: PortalRequest<Body> }
  | { readonly problem: Problem };

/** Validates header and body, and reports all their errors in one response. */
export function readPortalRequest<Schema extends z.ZodType>(
  event: Pick<
    APIGatewayProxyEventV2WithIAMAuthorizer,
    'headers' | 'body' | 'isBase64Encoded' | 'requestContext'
  >,
  schema: Schema,
): PortalRequestReading<z.output<Schema>> {
  const userArn = event.requestContext.authorizer?.iam?.userArn;
  if (userArn === undefined)
    return {
      problem: { type: 'forbidden', detail: 'The request is not signed by an AWS identity.' },
    };
  const reading = readIdempotencyKey(event.headers['idempotency-key']);
  const caller = withoutSession(userArn);
  const body = readBody(event.body, event.isBase64Encoded, schema);
  if ('key' in reading && 'data' in body)
    return { request: { caller, key: reading.key, body: body.data } };

  const bodyErrors = 'errors' in body ? body.errors : [];
  if ('key' in reading)
    return {
      problem: {
        type: 'invalid-request',
        detail: 'The request body is invalid.',
        errors: bodyErrors,
      },
    };
  const { fault, detail } = reading;
  return {
    problem: {
      type: fault,
      detail,
      errors: [{ header: 'idempotency-key', detail }, ...bodyErrors],
    },
  };
}

type BodyReading<Data> = { readonly data: Data } | { readonly errors: readonly Fault[] };

function readBody<Schema extends z.ZodType>(
  body: string | undefined,
  isBase64Encoded: boolean,
  schema: Schema,
): BodyReading<z.output<Schema>> {
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString();
  const value = parseJson(text);
  if (value === undefined) return { errors: [{ pointer: '', detail: 'expected JSON' }] };
  const parsed = schema.safeParse(value);
  return parsed.success ? { data: parsed.data } : { errors: parsed.error.issues.flatMap(faultsOf) };
}

/** Reports each unknown property as a fault of its own. */
function faultsOf(issue: z.core.$ZodIssue): readonly Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: pointer([...issue.path, key]),
      detail: 'unknown property',
    }));
  return [{ pointer: pointer(issue.path), detail: issue.message }];
}

const pointer = (path: readonly PropertyKey[]) =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/**
 * Removes the session name from a role's ARN. Each task of the portal has its own session, and
 * another task may send the retry.
 */
const withoutSession = (userArn: string) =>
  userArn.replace(/^(arn:[\w-]+:sts::\d*:assumed-role\/[^/]+)\/.*$/s, '$1');
