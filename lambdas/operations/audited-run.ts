import { recordAction } from '../audit/audit-log.queries.ts';
import type { OperatorCommand } from '../catalog/operator-commands/operator-command.ts';
import { type CommandName, operatorCommands } from '../catalog/operator-commands.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import { OperatorIdentity } from '../platform/operator-identity.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { redactText } from '../platform/redaction.ts';
import { CommandRejectedError, type OperationResult } from './commands/command-handlers.ts';

/** A command with valid arguments, and the identity that IAM verified. */
export interface RequestedCommand {
  readonly command: CommandName;
  readonly given: Readonly<Record<string, unknown>>;
  readonly operator: string;
  /** Id of the request at API Gateway, whose access log holds the same identity. */
  readonly requestId: string;
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
 * trace exists even if Postgres is unavailable. If the record cannot be written, the result says
 * so: the command was carried out and must not look failed.
 *
 * @throws the error of the command, after recording it.
 */
export async function runAudited(
  request: RequestedCommand,
  run: () => Promise<OperationResult>,
  deps: AuditDeps,
): Promise<OperationResult> {
  const { command, given, requestId } = request;
  const operator = new OperatorIdentity(request.operator);
  log.info('Operator command started', {
    operator,
    command,
    given: loggedArguments(given),
    requestId,
  });
  let result: OperationResult;
  try {
    result = await run();
  } catch (error) {
    // Records the failure, because a part of the command may be done. Postgres itself may be the
    // cause.
    const outcome = error instanceof CommandRejectedError ? 'rejected' : 'failed';
    await record(request, { outcome, error: redactText(String(error)) }, deps);
    throw error;
  }
  const isRecorded = await record(request, recordedResult(command, result), deps);
  if (isRecorded) return result;
  const { changes, policy } = operatorCommands[command];
  if (changes || policy !== 'privacy') return withWarning(result);
  throw new Error('The audit log could not record the reading, so nothing is shown.');
}

/** @returns false if the record could not be written; the function's log then holds it. */
async function record(
  { command, given, operator, requestId }: RequestedCommand,
  result: object,
  { pool, now }: AuditDeps,
): Promise<boolean> {
  const { reason, ...args } = given;
  try {
    await recordAction(await pool(), {
      at: now(),
      operator,
      command,
      requestId,
      reason: typeof reason === 'string' ? reason : null,
      arguments: args,
      result,
    });
    emitMetrics('audit', { AuditRecordsMissing: 0 }, {});
    return true;
  } catch (error) {
    const identity = new OperatorIdentity(operator);
    log.error('Audit record missing', {
      operator: identity,
      command,
      given: loggedArguments(given),
      result,
      error,
    });
    emitMetrics('audit', { AuditRecordsMissing: 1 }, {});
    return false;
  }
}

/** Hides the text of a search, which may be the name of a person. The audit log keeps it. */
const loggedArguments = (given: RequestedCommand['given']) =>
  'text' in given ? { ...given, text: '***' } : given;

/** Leaves out what a command only reveals, such as a body. */
function recordedResult(command: CommandName, result: OperationResult): object {
  if (result === undefined) return { outcome: 'not-found' };
  const { recordedFields }: OperatorCommand = operatorCommands[command];
  if (recordedFields === undefined) return result;
  const kept = recordedFields.map((field) => [field, result[field]]);
  return { outcome: 'revealed', ...Object.fromEntries(kept) };
}

const withWarning = (result: OperationResult): OperationResult =>
  result && {
    ...result,
    unaudited:
      'The command was carried out, but the audit log could not record it. The log of the ' +
      'operations function has the record; see docs/runbook.md#audit-records-missing.',
  };
