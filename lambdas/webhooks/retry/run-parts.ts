import { log } from '../../platform/logger.ts';

/** A part of a job run that must not delay or fail the others. */
export interface RunPart {
  readonly name: string;
  /**
   * Works until its time is up.
   * @param remainingMs Milliseconds until the part must stop.
   * @returns true if work is left.
   */
  readonly run: (remainingMs: () => number) => Promise<boolean>;
}

export interface FailedPart {
  readonly name: string;
  readonly error: unknown;
}

/**
 * Runs each part with an equal share of the remaining time; unused time goes to later parts. Parts
 * with work left then run again, one after the other, in the time that is left. A part that throws
 * is logged and does not run again.
 */
export async function runParts(
  parts: readonly RunPart[],
  remainingMs: () => number,
): Promise<readonly FailedPart[]> {
  const failed: FailedPart[] = [];
  const unfinished: RunPart[] = [];
  const runPart = async (part: RunPart, endsAtMs: number) => {
    try {
      if (await part.run(() => remainingMs() - endsAtMs)) unfinished.push(part);
    } catch (error) {
      log.error('Part of a job run failed', { part: part.name, error });
      failed.push({ name: part.name, error });
    }
  };
  for (const [index, part] of parts.entries()) {
    const remaining = remainingMs();
    await runPart(part, remaining - remaining / (parts.length - index));
  }
  for (const part of unfinished.splice(0)) await runPart(part, 0);
  return failed;
}
