import { setTimeout } from 'node:timers/promises';
import type { DeployedFunctions } from './aws/lambda/deployed-functions.ts';

const LIMIT_MS = 3_000;
const IDLE_MS = 150;

/**
 * Waits until no function has been busy for 150 ms, and 3 s at most.
 * One event starts several functions in sequence, so one idle moment is not enough.
 */
export async function waitUntilIdle({ all }: DeployedFunctions): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  let idleSince = Date.now();
  while (Date.now() < deadline && Date.now() - idleSince < IDLE_MS) {
    await setTimeout(25);
    if (all.some((one) => one.busy() > 0)) idleSince = Date.now();
  }
}
