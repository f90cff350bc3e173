import { UserError } from '../../local/user-error.ts';
import { helpText } from './help.ts';
import {
  BadInputError,
  makeRunCommand,
  NotFoundError,
  type OperationResult,
} from './operations-client.ts';
import { type OpsOptions, readOptions } from './options.ts';
import { formatResult } from './print.ts';
import { replayAll } from './replay.ts';
import { findTarget } from './target.ts';

export interface Terminal {
  readonly now: () => Date;
  readonly out: (line: string) => void;
  /** Prints progress and errors, so that the output of `--json` can be piped. */
  readonly err: (line: string) => void;
}

const exitCodes = { done: 0, failed: 1, badInput: 2, notFound: 3 } as const;

/** @returns the exit code. */
export async function runOps(words: readonly string[], terminal: Terminal): Promise<number> {
  const { now, out, err } = terminal;
  try {
    const options = readOptionsAsBadInput(words, now());
    if ('helpFor' in options) {
      out(helpText(options.helpFor));
      return exitCodes.done;
    }
    const result = await runRequest(options, err);
    out(options.json ? JSON.stringify(result) : formatResult(result));
    return exitCodeOf(result);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    err(error.message);
    if (error instanceof BadInputError) return exitCodes.badInput;
    return error instanceof NotFoundError ? exitCodes.notFound : exitCodes.failed;
  }
}

async function runRequest(
  options: OpsOptions,
  report: (line: string) => void,
): Promise<OperationResult> {
  const { request, stage, apiUrl } = options;
  const runCommand = makeRunCommand(await findTarget(stage, apiUrl));
  const isBulkReplay =
    request.command === 'events replay' && request.arguments['event'] === undefined;
  return isBulkReplay ? replayAll(runCommand, options, report) : runCommand(request);
}

/**
 * Returns a failure for a broken chain of residency reports, so that a pipeline can check the
 * chain.
 */
export const exitCodeOf = ({ chain }: OperationResult): number =>
  chain === 'broken' ? exitCodes.failed : exitCodes.done;

function readOptionsAsBadInput(words: readonly string[], now: Date) {
  try {
    return readOptions(words, now);
  } catch (error) {
    throw error instanceof UserError ? new BadInputError(error.message) : error;
  }
}
