import { exitCodes } from '../command-line/exit-codes.ts';
import { measureOutage, type OutageKind, type OutageResult } from './measure-outage.ts';
import { describeProof } from './print-result.ts';
import { type OutageFigures, writeFigures } from './results-file.ts';
import { startWorld } from './world.ts';

export interface OutageCommand {
  readonly seed: number;
  readonly kind: OutageKind;
  readonly outageSeconds: number;
  readonly rate: number;
  /** Requests per second that Resend accepts. */
  readonly mailLimit: number;
  readonly logs?: string | undefined;
  readonly results?: string | undefined;
  readonly signal: AbortSignal;
  readonly out: (text: string) => void;
  readonly progress: (text: string) => void;
  readonly now: () => Date;
}

/** Longest time until the last event is applied: 90 s after 5 min, 150 s after 10 min. */
const targetSeconds = (outageSeconds: number): number =>
  outageSeconds <= 300 ? 90 : 90 + ((outageSeconds - 300) / 300) * 60;

/** Measures one outage in real time. @returns the exit code. */
export async function runOutage(command: OutageCommand): Promise<number> {
  const { kind, outageSeconds, rate, out, results, now } = command;
  command.progress(
    `Seed ${command.seed}: Postgres is ${kind} for ${outageSeconds} s at ${rate} deliveries/s.`,
  );
  const world = await startWorld({
    timeScale: 1,
    schedulesEnabled: true,
    logDirectory: command.logs,
    isolation: 'thread',
  });
  try {
    world.local.resend.setRateLimit(command.mailLimit);
    const result = await measureOutage(world, command);
    const target = targetSeconds(outageSeconds);
    for (const line of describeOutage(result, target)) out(line);
    if (results !== undefined) writeFigures(results, toOutageFigures(command, result, now()));
    const { proof, unfinished, accepted, applied, recoverySeconds } = result;
    const isClean =
      applied === accepted &&
      recoverySeconds <= target &&
      [proof.lost, proof.doubled, proof.mailedTwice, unfinished].every(
        ({ length }) => length === 0,
      );
    return isClean ? exitCodes.done : exitCodes.failed;
  } finally {
    await world.stop();
  }
}

function describeOutage(result: OutageResult, target: number): readonly string[] {
  const { accepted, applied, recoverySeconds, mailSeconds, deadLetters, load } = result;
  const rejected = [...result.rejected].map(([status, count]) => `${count} answered ${status}`);
  return [
    `Applied ${applied} of the ${accepted} events that were accepted before Postgres was back.`,
    `The last one was applied ${recoverySeconds} s after that (target: ${target} s), ` +
      `the last mail was sent after ${mailSeconds} s.`,
    `At most ${deadLetters} dead letters. Load of the machine: ${load.toFixed(1)}.`,
    `Deliveries that were sent again: ${rejected.join(', ') || 'none'}.`,
    ...describeProof(result),
  ];
}

const toOutageFigures = (
  { kind, outageSeconds, rate, mailLimit, seed }: OutageCommand,
  { proof, unfinished, rejected, ...result }: OutageResult,
  now: Date,
): OutageFigures => ({
  date: now.toISOString().slice(0, 10),
  seed,
  kind,
  outageSeconds,
  rate,
  mailLimit,
  ...result,
  targetSeconds: targetSeconds(outageSeconds),
  rejected: Object.fromEntries(rejected),
  unfinished: unfinished.length,
  lost: proof.lost.length,
  doubled: proof.doubled.length,
  mailedTwice: proof.mailedTwice.length,
});
