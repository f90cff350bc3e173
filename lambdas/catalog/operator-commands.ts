import type * as z from 'zod';
import { assetCommands } from './operator-commands/assets.ts';
import { auditCommands } from './operator-commands/audit.ts';
import { backlogCommands } from './operator-commands/backlog.ts';
import { deadLetterCommands } from './operator-commands/dead-letters.ts';
import { endpointCommands } from './operator-commands/endpoints.ts';
import { eventCommands } from './operator-commands/events.ts';
import { invitationCommands } from './operator-commands/invitations.ts';
import { jobCommands } from './operator-commands/jobs.ts';
import { mailCommands } from './operator-commands/mails.ts';
import type { OperatorCommand, OperatorPolicy } from './operator-commands/operator-command.ts';
import { outboxCommands } from './operator-commands/outbox.ts';
import { reconciliationCommands } from './operator-commands/reconciliation.ts';
import { residencyCommands } from './operator-commands/residency.ts';
import { secretCommands } from './operator-commands/secrets.ts';
import { smokeCommands } from './operator-commands/smoke.ts';
import { suppressionCommands } from './operator-commands/suppressions.ts';
import { uploadCommands } from './operator-commands/uploads.ts';

/** Path under which each command has its own route, so that IAM can allow single commands. */
export const operationsPath = '/api/v1/operations';

/**
 * Response headers that name the stage and the account which a command ran on, so that the answer
 * of the command line can name them too.
 */
export const stageHeader = 'motion-mavericks-stage';
export const accountHeader = 'motion-mavericks-account';

/**
 * Commands of operators. `arguments` defines both the request of the operations function and the
 * options of the command line.
 */
export const operatorCommands = {
  ...assetCommands,
  ...auditCommands,
  ...eventCommands,
  ...backlogCommands,
  ...deadLetterCommands,
  ...endpointCommands,
  ...invitationCommands,
  ...jobCommands,
  ...mailCommands,
  ...outboxCommands,
  ...reconciliationCommands,
  ...residencyCommands,
  ...secretCommands,
  ...smokeCommands,
  ...suppressionCommands,
  ...uploadCommands,
} as const satisfies Readonly<Record<string, OperatorCommand>>;

export type CommandName = keyof typeof operatorCommands;
export type ArgumentsOf<Name extends CommandName> = z.infer<
  (typeof operatorCommands)[Name]['arguments']
>;

export const commandNames = Object.keys(operatorCommands) as readonly CommandName[];

/** Path of a command: `events replay` is `/api/v1/operations/events/replay`. */
export const commandPath = (command: CommandName): string =>
  `${operationsPath}/${command.replace(' ', '/')}`;

/** Returns the command of a route key, such as `POST /api/v1/operations/jobs/run`. */
export const commandOfRoute = (routeKey: string): CommandName | undefined =>
  commandNames.find((command) => routeKey === `POST ${commandPath(command)}`);

/** Paths of the commands that an identity with the policy may run. */
export const commandPathsOf = (policy: OperatorPolicy): readonly string[] =>
  commandNames.filter((name) => operatorCommands[name].policy === policy).map(commandPath);
