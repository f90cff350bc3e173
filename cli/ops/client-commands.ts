import type { Command } from '../command-line/command.ts';
import { completionCommand } from './commands/completion.ts';
import { consoleCommand } from './commands/console.ts';
import { doctorCommand } from './commands/doctor.ts';
import { logsCommand } from './commands/logs.ts';
import { tailEvents } from './commands/tail-events.ts';
import type { OpsContext } from './ops-context.ts';

/**
 * Commands that run on the operator's machine, one file each in commands/. They may call the
 * operations function and AWS with the operator's own identity.
 */
export const clientCommands: readonly Command<OpsContext>[] = [
  doctorCommand,
  tailEvents,
  consoleCommand,
  logsCommand,
  completionCommand,
];
