import type { OperatorCommand } from '../catalog/operator-commands/operator-command.ts';
import type { CommandName } from '../catalog/operator-commands.ts';
import { operatorCommands } from '../catalog/operator-commands.ts';
import type { Clock } from '../platform/clock.ts';
import { log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { redactText } from '../platform/redaction.ts';
import { recordAction } from './audit-log.queries.ts';
import { CommandRejectedError, type OperationResult } from './commands/command-handlers.ts';

export interface RequestedCommand {
  readonly command: CommandName;
  readonly given: Readonly<Record<string, unknown>>;
}

export interface AuditDeps {
  readonly pool: GetPool;
  readonly now: Clock;
}

/** True for a command that changes something or reveals stored data, except for a dry run. */
export function isAudited({ command, given }: RequestedCommand): boolean {
  const { changes, recordedFields }: OperatorCommand = operatorCommands[command];
  return (changes || recordedFields !== undefined) && given['dryRun'] !== true;
}

/**
 * Runs a command and records it with its result. Writes to the function's log first, so that a
 * trace exists even if Postgres is unavailable.
 */
export async function runAudited(
  { command, given }: RequestedCommand,
  operator: string,
  run: () => Promise<OperationResult>,
  { pool, now }: AuditDeps,
): Promise<OperationResult> {
  log.info('Operator command started', { operator, command, given });
  const { reason, ...args } = given;
  const record = async (result: unknown) =>
    recordAction(await pool(), {
      at: now(),
      operator,
      command,
      reason: typeof reason === 'string' ? reason : null,
      arguments: args,
      result,
    });
  const result = await run().catch(async (error: unknown) => {
    // Records the failure, because a part of the command may be done. Postgres itself may be the
    // cause.
    const outcome = error instanceof CommandRejectedError ? 'rejected' : 'failed';
    await record({ outcome, error: redactText(String(error)) }).catch(() => {});
    throw error;
  });
  try {
    await record(recordedResult(command, result));
    return result;
  } catch (error) {
    log.error('Audit record missing', { operator, command, given, result, error });
    return reportUnaudited(command, result);
  }
}

/**
 * Answers a command that was carried out, but is not in the audit log. Stored personal data is
 * withheld; anything else has happened, so the command did not fail.
 */
function reportUnaudited(command: CommandName, result: OperationResult): OperationResult {
  if (operatorCommands[command].policy === 'privacy')
    throw new Error('The audit log could not record the reading, so nothing is shown.');
  return result && { ...result, unaudited: UNAUDITED };
}

const UNAUDITED =
  'The command was carried out, but the audit log could not record it. ' +
  'The log of the operations function has the record.';

/** Leaves out what a command only reveals, such as a body. */
function recordedResult(command: CommandName, result: OperationResult): object {
  if (result === undefined) return { outcome: 'not-found' };
  const { recordedFields }: OperatorCommand = operatorCommands[command];
  if (recordedFields === undefined) return result;
  const kept = recordedFields.map((field) => [field, result[field]]);
  return { outcome: 'revealed', ...Object.fromEntries(kept) };
}
