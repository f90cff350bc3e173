import { chunksOf } from '../../lambdas/platform/chunks.ts';
import type { RunCommand } from './operations-client.ts';

/** A replay as `events replay` answers it. */
export interface SentReplay {
  readonly provider: string;
  readonly event: string;
  readonly replay: string;
}

export type ReplayStatus = 'requested' | 'processed' | 'failed' | 'exhausted' | 'closed';

export interface ReplayOutcome extends SentReplay {
  readonly status: ReplayStatus;
  readonly error: string | null;
}

/** Limit of `events replays`. */
const READ_TOGETHER = 100;

/** Reads the present outcome of each replay, in the order in which they were sent. */
export async function readOutcomes(
  runCommand: RunCommand,
  sent: readonly SentReplay[],
): Promise<readonly ReplayOutcome[]> {
  const outcomes: ReplayOutcome[] = [];
  for (const chunk of chunksOf(sent, READ_TOGETHER)) {
    const { replays } = await runCommand({
      command: 'events replays',
      arguments: {
        event: [...new Set(chunk.map(({ event }) => event))],
        replay: chunk.map(({ replay }) => replay),
      },
    });
    const known = replays as readonly ReplayOutcome[];
    outcomes.push(
      ...chunk.map(({ provider, event, replay }) => {
        const found = known.find((one) => one.replay === replay);
        const { status = 'requested', error = null } = found ?? {};
        return { provider, event, replay, status, error };
      }),
    );
  }
  return outcomes;
}

/** True if no attempt follows: a failed replay is attempted again. */
export const isFinal = ({ status }: ReplayOutcome): boolean =>
  status === 'processed' || status === 'exhausted' || status === 'closed';

/** Counts the outcomes for a line of progress, e.g. `3 processed, 1 requested`. */
export const countByStatus = (outcomes: readonly ReplayOutcome[]): string =>
  [...Map.groupBy(outcomes, ({ status }) => status)]
    .map(([status, { length }]) => `${length} ${status}`)
    .join(', ');
