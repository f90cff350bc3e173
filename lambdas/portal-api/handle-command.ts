import type {
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import type { z } from 'zod';
import type { CommandName } from '../catalog/portal-api.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import { problemOf } from './map-error.ts';
import { type Problem, respondWithProblem } from './problem.ts';
import { readRequest } from './read-request.ts';
import type { RunIdempotent } from './run-idempotent.ts';

export interface CommandDeps<Schema extends z.ZodType> {
  readonly operation: CommandName;
  readonly request: Schema;
  readonly runOnce: RunIdempotent<z.output<Schema>>;
}

/**
 * One command of the portal's backend. API Gateway has checked the signature; its caller's keys are its own.
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
 */
export function makeHandleCommand<Schema extends z.ZodType>({
  operation,
  request,
  runOnce,
}: CommandDeps<Schema>) {
  return async function handleCommand(
    event: APIGatewayProxyEventV2WithIAMAuthorizer,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const reading = readRequest(event, request);
    if ('problem' in reading) return refuse(reading.problem);
    try {
      const { text, replayed } = await runOnce(reading.request, context);
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
          ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
        },
        body: text,
      };
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined || problem.type === 'try-again' || problem.type === 'mux-refused')
        log.error('Command failed', { command: operation, error });
      return refuse(
        problem ?? { type: 'failed', detail: 'Something failed that nobody expected.' },
      );
    }
  };

  function refuse(problem: Problem): APIGatewayProxyStructuredResultV2 {
    emitMetrics(
      'rejected-commands',
      { CommandsRejected: 1 },
      { command: operation, problem: problem.type },
    );
    return respondWithProblem(problem);
  }
}
