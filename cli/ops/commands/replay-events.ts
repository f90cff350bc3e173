import * as z from 'zod';
import type { TypedArguments } from '../../command-line/command.ts';
import { exitCodes } from '../../command-line/exit-codes.ts';
import { wholeNumber } from '../../whole-number.ts';
import { describeWait, followOptions } from '../follow-options.ts';
import type { OperationResult } from '../operations-client.ts';
import type { ClientPart } from '../operator-command.ts';
import type { OpsContext } from '../ops-context.ts';
import { intervalOf, pollUntil } from '../poll.ts';
import { replayAll } from '../replay-all.ts';
import {
  countByStatus,
  isFinal,
  type ReplayOutcome,
  readOutcomes,
  type SentReplay,
} from '../replay-outcome.ts';

/** Replays events, many of them page by page, and waits until each one is processed. */
export const replayEvents: ClientPart = {
  options: z.strictObject({
    rate: wholeNumber('events per second', 1, 1_000)
      .default(20)
      .describe('Events per second, for a replay of many events'),
    ...followOptions(120),
  }),
  details:
    'Waits for the outcome of each replay. Exit code 0 means that every matching event was\n' +
    'processed. A failed replay is attempted again until the time is up.',
  async run(typed, { rate, wait, timeout }, context) {
    const result = await replay(typed, Number(rate), context);
    const sent = listIn<SentReplay>(result, 'events');
    const isComplete = result['withoutBody'] === undefined && result['sentLater'] === undefined;
    if (wait !== true || sent.length === 0) {
      context.printChange(result);
      return isComplete ? exitCodes.done : exitCodes.failed;
    }
    const outcomes = await follow(sent, Number(timeout), context).catch(context.reportUnread);
    context.printChange({ ...result, ...(outcomes && { events: outcomes }) });
    if (outcomes === undefined) return exitCodes.failed;
    const isProcessed = outcomes.every(({ status }) => status === 'processed');
    const waited = describeWait(Number(timeout), context.terminal);
    if (!isProcessed) context.terminal.err(explain(outcomes, waited));
    return isProcessed && isComplete ? exitCodes.done : exitCodes.failed;
  },
};

const replay = (
  typed: TypedArguments,
  rate: number,
  { runCommand, terminal }: OpsContext,
): Promise<OperationResult> =>
  typed['event'] === undefined
    ? replayAll(runCommand, typed, { rate, report: terminal.err })
    : runCommand({ command: 'events replay', arguments: typed });

async function follow(
  sent: readonly SentReplay[],
  seconds: number,
  { runCommand, target, terminal }: OpsContext,
): Promise<readonly ReplayOutcome[]> {
  let reported = '';
  const read = async () => {
    const outcomes = await readOutcomes(runCommand, sent);
    const progress = countByStatus(outcomes);
    if (progress !== reported) terminal.err(`Replays: ${progress}`);
    reported = progress;
    return outcomes;
  };
  return pollUntil(read, (outcomes) => outcomes.every(isFinal), {
    intervalMs: intervalOf(await target()),
    timeoutMs: seconds * 1_000,
    signal: terminal.interruption(),
    err: terminal.err,
  });
}

function explain(outcomes: readonly ReplayOutcome[], waited: string): string {
  const open = outcomes.filter((outcome) => !isFinal(outcome));
  return open.length === 0
    ? 'Some events failed permanently; see their errors.'
    : `${open.length} of ${outcomes.length} replays have no outcome ${waited}. They are ` +
        'attempted again without this command: see events replays <event>.';
}

const listIn = <Entry>(result: OperationResult, name: string): readonly Entry[] => {
  const value = result[name];
  return Array.isArray(value) ? value : [];
};
