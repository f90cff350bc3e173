import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** HTTP status of each problem type. Clients branch on the type. */
export const problemStatuses = {
  'idempotency-key-missing': 400,
  'idempotency-key-malformed': 400,
  'invalid-request': 400,
  forbidden: 403,
  'not-the-owner': 403,
  'asset-not-found': 404,
  'owner-not-found': 404,
  'asset-not-ready': 409,
  'request-in-progress': 409,
  'response-unreadable': 410,
  'idempotency-key-reused': 422,
  failed: 500,
  'mux-refused': 502,
  'try-again': 503,
} as const;

export type ProblemType = keyof typeof problemStatuses;

/** Describes one invalid part of the request. */
export interface Fault {
  /** Invalid part of the body as a JSON pointer: https://www.rfc-editor.org/rfc/rfc6901 */
  readonly pointer?: string;
  readonly header?: string;
  readonly detail: string;
}

export interface Problem {
  readonly type: ProblemType;
  readonly detail: string;
  readonly errors?: readonly Fault[];
  readonly retryAfterSeconds?: number;
}

/** Covers an unknown commit result too: a retry with the same key is safe in both cases. */
export const tryAgain: Problem = {
  type: 'try-again',
  detail: 'The request could not be completed. Send it again with the same Idempotency-Key.',
  retryAfterSeconds: 5,
};

/**
 * Rejects a request from inside an operation: the transaction rolls back, the idempotency key can
 * be used again, and the caller receives the problem.
 */
export class PortalRequestRejectedError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'PortalRequestRejectedError';
    this.problem = problem;
  }
}

/** Composes a problem response: https://www.rfc-editor.org/rfc/rfc9457 */
export function respondWithProblem({ type, detail, errors, retryAfterSeconds }: Problem) {
  const status = problemStatuses[type];
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify({
      type,
      title: type.replaceAll('-', ' '),
      status,
      detail,
      ...(errors ? { errors } : {}),
    }),
  } satisfies APIGatewayProxyStructuredResultV2;
}
