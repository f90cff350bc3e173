import type { ReadMetrics } from '../../../console/figures/metric-source.ts';
import { makeReadFigures } from '../../../console/figures/read-figures.ts';
import type { CommandResponse, ConsoleBackend } from '../../../console/server/console-backend.ts';
import { makeReadQueueNames } from '../../../console/server/queue-names.ts';
import { UserError } from '../../../local/user-error.ts';
import { BadInputError, NotFoundError } from '../../command-line/errors.ts';
import type { RunCommand } from '../operations-client.ts';

export interface StageBackendDeps {
  readonly url: string;
  readonly stage: string;
  /** Signs each command with the operator's identity. */
  readonly runCommand: RunCommand;
  readonly readMetrics: ReadMetrics;
}

/** Slower than on this machine, because each update is a call of a function. */
const REFRESH_MS = 5_000;

/** Connects a console to a deployed stage: through its signed operations API only. */
export function makeStageBackend(deps: StageBackendDeps): ConsoleBackend {
  const { url, stage, readMetrics } = deps;
  const runCommand = respondingTo(deps.runCommand);
  const readQueueNames = makeReadQueueNames(runCommand);
  return {
    target: { kind: 'stage', url, stage },
    runCommand,
    readFigures: makeReadFigures({ stage, readMetrics, readQueueNames }),
    refreshMs: REFRESH_MS,
  };
}

/** Turns the errors of the operator's client into responses of the console. */
const respondingTo =
  (runCommand: RunCommand): ConsoleBackend['runCommand'] =>
  async (command, given) => {
    try {
      return { statusCode: 200, body: await runCommand({ command, arguments: { ...given } }) };
    } catch (error) {
      if (error instanceof UserError) return toResponse(error);
      throw error;
    }
  };

function toResponse(error: UserError): CommandResponse {
  const body = { detail: error.message };
  if (error instanceof NotFoundError) return { statusCode: 404, body };
  return { statusCode: error instanceof BadInputError ? 400 : 502, body };
}
