import type * as z from 'zod';
import { assetCommands } from './operator-commands/assets.ts';
import { backlogCommands } from './operator-commands/backlog.ts';
import { deadLetterCommands } from './operator-commands/dead-letters.ts';
import { eventCommands } from './operator-commands/events.ts';
import { invitationCommands } from './operator-commands/invitations.ts';
import { jobCommands } from './operator-commands/jobs.ts';
import { mailCommands } from './operator-commands/mails.ts';
import { outboxCommands } from './operator-commands/outbox.ts';
import { residencyCommands } from './operator-commands/residency.ts';
import { secretCommands } from './operator-commands/secrets.ts';
import { smokeCommands } from './operator-commands/smoke.ts';
import { suppressionCommands } from './operator-commands/suppressions.ts';
import { uploadCommands } from './operator-commands/uploads.ts';

/**
 * Route of all operator commands. API Gateway accepts only requests that are signed by an identity
 * with the operators' policy.
 */
export const operationsPath = '/api/v1/operations';

/**
 * Commands of operators. `arguments` defines both the request of the operations function and the
 * options of the command line. A command with `changes` is written to the audit log.
 */
export const operatorCommands = {
  ...assetCommands,
  ...eventCommands,
  ...backlogCommands,
  ...deadLetterCommands,
  ...invitationCommands,
  ...jobCommands,
  ...mailCommands,
  ...outboxCommands,
  ...residencyCommands,
  ...secretCommands,
  ...smokeCommands,
  ...suppressionCommands,
  ...uploadCommands,
} as const;

export type CommandName = keyof typeof operatorCommands;
export type ArgumentsOf<Name extends CommandName> = z.infer<
  (typeof operatorCommands)[Name]['arguments']
>;

export const commandNames = Object.keys(operatorCommands) as readonly CommandName[];
