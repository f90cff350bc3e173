import type {
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import type { z } from 'zod';
import type { PortalOperationName } from '../catalog/portal-api.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import { mapErrorToProblem } from './map-error.ts';
import { type Problem, type ProblemType, respondWithProblem } from './problem.ts';
import { readPortalRequest } from './read-request.ts';
import { composeReplayHeaders } from './replay-headers.ts';
import type { OperationResult, RunIdempotent } from './run-idempotent.ts';

export interface PortalRequestDeps<Schema extends z.ZodType> {
  readonly operation: PortalOperationName;
  readonly request: Schema;
  readonly runIdempotent: RunIdempotent<z.output<Schema>>;
  readonly now: Clock;
}

const unexpectedProblem: Problem = { type: 'failed', detail: 'An unexpected error occurred.' };

// Faults of this system, its configuration or Mux; any other problem is caused by the request.
const loggedProblems: ReadonlySet<ProblemType> = new Set([
  'failed',
  'try-again',
  'mux-refused',
  'response-unreadable',
]);

/**
 * Handles the requests of one portal API operation. API Gateway has verified the SigV4 signature.
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
 */
export function makeHandlePortalRequest<Schema extends z.ZodType>({
  operation,
  request,
  runIdempotent,
  now,
}: PortalRequestDeps<Schema>) {
  return async function handlePortalRequest(
    event: APIGatewayProxyEventV2WithIAMAuthorizer,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const reading = readPortalRequest(event, request);
    if ('problem' in reading) return reject(reading.problem);
    try {
      return succeed(await runIdempotent(reading.request, context));
    } catch (error) {
      const problem = mapErrorToProblem(error) ?? unexpectedProblem;
      if (loggedProblems.has(problem.type))
        log.error('Portal API request failed', { command: operation, error });
      return reject(problem);
    }
  };

  function succeed({ text, replayed }: OperationResult): APIGatewayProxyStructuredResultV2 {
    emitMetrics(
      'commands',
      { CommandsDone: replayed ? 0 : 1, CommandsReplayed: replayed ? 1 : 0 },
      { command: operation },
    );
    return {
      statusCode: 201,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...(replayed ? composeReplayHeaders(operation, text, now()) : {}),
      },
      body: text,
    };
  }

  function reject(problem: Problem): APIGatewayProxyStructuredResultV2 {
    emitMetrics(
      'rejected-commands',
      { CommandsRejected: 1 },
      { command: operation, problem: problem.type },
    );
    return respondWithProblem(problem);
  }
}
