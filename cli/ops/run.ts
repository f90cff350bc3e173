import { UserError } from '../../local/user-error.ts';
import { helpText } from './help.ts';
import { type Answer, BadInputError, makeCall, NotFoundError } from './operations-client.ts';
import { type Options, readOptions } from './options.ts';
import { show } from './print.ts';
import { replayAll } from './replay.ts';
import { findTarget } from './target.ts';

export interface Terminal {
  readonly now: () => Date;
  readonly out: (line: string) => void;
  /** Progress and faults, so that `--json` can be piped. */
  readonly err: (line: string) => void;
}

const exitCodes = { done: 0, failed: 1, badInput: 2, notFound: 3 } as const;

/** @returns the exit code. */
export async function runOps(
  words: readonly string[],
  { now, out, err }: Terminal,
): Promise<number> {
  try {
    const options = readOptionsOrExplain(words, now());
    if ('helpFor' in options) {
      out(helpText(options.helpFor));
      return exitCodes.done;
    }
    const { request, stage, apiUrl, json } = options;
    refuseToRunAhead(options, now());
    const call = makeCall(await findTarget(stage, apiUrl));
    const isMany = request.command === 'events replay' && request.arguments['event'] === undefined;
    const answer = isMany ? await replayAll(call, options, err) : await call(request);
    out(json ? JSON.stringify(answer) : show(answer));
    return exitCodeOf(answer);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    err(error.message);
    if (error instanceof BadInputError) return exitCodes.badInput;
    return error instanceof NotFoundError ? exitCodes.notFound : exitCodes.failed;
  }
}

/** What was checked and found broken is no success, so that a pipeline can check it. */
export const exitCodeOf = ({ verdict }: Answer): number =>
  verdict === 'broken' ? exitCodes.failed : exitCodes.done;

/** A job takes its time for what is due: ahead of it, a stage would expire what is valid and remove what is to be kept. */
function refuseToRunAhead({ request, stage, apiUrl }: Options, now: Date): void {
  const at = new Date(String(request.arguments['at']));
  const isDeployed = stage !== undefined || apiUrl !== undefined;
  if (request.command === 'jobs run' && isDeployed && at > now)
    throw new BadInputError(
      '--at is in the future: only the instance on this machine does what is not due yet.',
    );
}

/** Whatever is wrong with what was typed is bad input. */
function readOptionsOrExplain(words: readonly string[], now: Date) {
  try {
    return readOptions(words, now);
  } catch (error) {
    throw error instanceof UserError ? new BadInputError(error.message) : error;
  }
}
