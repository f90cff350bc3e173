import { setTimeout } from 'node:timers/promises';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { UserError } from '../../local/user-error.ts';
import { NotFoundError } from '../command-line/errors.ts';
import type { RunCommand } from '../ops/operations-client.ts';

export interface WaitDeps {
  readonly runCommand: RunCommand;
  readonly timeoutSeconds: number;
}

const POLL_MS = 500;
const NOT_IN_LEDGER = 'The event is not in the ledger.';

/**
 * Waits until the ledger has the event as synthetic.
 *
 * @returns the status and the number of attempts.
 * @throws a UserError that names the last known state and the queue that holds the event.
 */
export async function waitForLedger(
  provider: Provider,
  event: string,
  { runCommand, timeoutSeconds }: WaitDeps,
): Promise<string> {
  const deadline = Date.now() + timeoutSeconds * 1_000;
  let state = NOT_IN_LEDGER;
  while (Date.now() < deadline) {
    const entry = await readLedger(runCommand, provider, event);
    if (entry.status === 'synthetic') return `${entry.status}, attempt ${entry.attempts}`;
    state = entry.state;
    await setTimeout(Math.min(POLL_MS, Math.max(0, deadline - Date.now())));
  }
  const place = await findPlace(runCommand, provider, event);
  throw new UserError(
    `The event was accepted, but was not recorded within ${timeoutSeconds} s. ${state} ${place}`,
  );
}

interface LedgerEntry {
  readonly status?: string;
  readonly attempts?: number;
  /** State in one sentence, for an error message. */
  readonly state: string;
}

async function readLedger(
  runCommand: RunCommand,
  provider: Provider,
  event: string,
): Promise<LedgerEntry> {
  try {
    const entry = await runCommand({ command: 'events show', arguments: { provider, event } });
    const { status, attempts, errorCode, errorMessage } = entry;
    const error = `${errorCode} ${errorMessage}`;
    const state = `Its status is ${status} after ${attempts} attempts: ${error}.`;
    return { status: String(status), attempts: Number(attempts), state };
  } catch (error) {
    if (error instanceof NotFoundError) return { state: NOT_IN_LEDGER };
    if (!(error instanceof UserError)) throw error;
    const reason = `Postgres is probably unavailable (${error.message})`;
    return { state: `The ledger cannot be read: ${reason}.` };
  }
}

async function findPlace(
  runCommand: RunCommand,
  provider: Provider,
  event: string,
): Promise<string> {
  try {
    const { queues } = await runCommand({
      command: 'dead-letters list',
      arguments: { provider },
    });
    return JSON.stringify(queues).includes(event)
      ? 'It is a dead letter, because the processor failed three times; ' +
          'see docs/runbook.md#dead-letters.'
      : `It is still in the queue of ${provider}, because the processor fails or does not run; ` +
          'see docs/runbook.md#old-messages.';
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `It is in the queue of ${provider} or in its dead-letter queue.`;
  }
}
