import * as z from 'zod';
import { exitCodes } from '../../command-line/exit-codes.ts';
import { describeWait, followOptions } from '../follow-options.ts';
import type { OperationResult } from '../operations-client.ts';
import type { ClientPart } from '../operator-command.ts';
import type { OpsContext } from '../ops-context.ts';
import { intervalOf, pollUntil } from '../poll.ts';

interface JobRun {
  readonly job: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly scheduledAt: string;
  readonly error: string | null;
}

/** Number of newest runs among which the started one is expected. */
const NEWEST_RUNS = 100;

/** Starts a run of a job and waits until it has ended. */
export const runJob: ClientPart = {
  options: z.strictObject(followOptions(900)),
  details:
    'Waits until the run has ended. Exit code 0 means that it succeeded. Lambda starts a failed\n' +
    'run again within minutes.',
  async run(typed, { wait, timeout }, context) {
    const result = await context.runCommand({ command: 'jobs run', arguments: typed });
    if (wait !== true) {
      context.printChange(result);
      return exitCodes.done;
    }
    context.terminal.err(`Started ${result['started']}; waiting for its end …`);
    const run = await follow(result, Number(timeout), context).catch(context.reportUnread);
    context.printChange({ ...result, ...(run && { run }) });
    if (run?.status === 'succeeded') return exitCodes.done;
    const waited = describeWait(Number(timeout), context.terminal);
    context.terminal.err(explain(run, waited));
    return exitCodes.failed;
  },
};

async function follow(
  { started, scheduledAt }: OperationResult,
  seconds: number,
  { runCommand, target, terminal }: OpsContext,
): Promise<JobRun | undefined> {
  const read = async () => {
    const { runs } = await runCommand({
      command: 'jobs runs',
      arguments: { name: started, limit: NEWEST_RUNS },
    });
    return (runs as readonly JobRun[]).find((run) => run.scheduledAt === scheduledAt);
  };
  return pollUntil(read, (run) => run !== undefined && run.status !== 'running', {
    intervalMs: intervalOf(await target()),
    timeoutMs: seconds * 1_000,
    signal: terminal.interruption(),
    err: terminal.err,
  });
}

function explain(run: JobRun | undefined, waited: string): string {
  if (run === undefined) return `The run is not on record ${waited}: see jobs runs.`;
  return run.status === 'failed'
    ? `The run failed: ${run.error ?? 'see its log'}.`
    : `The run still runs ${waited}: see jobs runs --name ${run.job}.`;
}
