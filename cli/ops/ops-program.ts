import * as z from 'zod';
import { type CommandName, commandNames } from '../../lambdas/catalog/operator-commands.ts';
import { defineProgram } from '../command-line/command.ts';
import { chooseFormat, outputOptions } from '../output/print-result.ts';
import { clientCommands } from './client-commands.ts';
import { exportAuditLog } from './commands/export-audit-log.ts';
import { listEvents } from './commands/list-events.ts';
import { replayEvents } from './commands/replay-events.ts';
import { runJob } from './commands/run-job.ts';
import { saveEvidenceKey } from './commands/save-evidence-key.ts';
import { showEvents } from './commands/show-events.ts';
import { verifyAuditLogCommand } from './commands/verify-audit-log.ts';
import { verifyEvidenceCommand } from './commands/verify-evidence.ts';
import { groups } from './groups.ts';
import { type ClientPart, makeOperatorCommand } from './operator-command.ts';
import { type OpsContext, openOpsContext } from './ops-context.ts';
import { chooseTarget, type TargetOptions } from './target.ts';
import { targetOptions } from './target-options.ts';

/** Operator commands of which a part runs on the operator's machine. */
const clientParts: Readonly<Partial<Record<CommandName, ClientPart>>> = {
  'audit export': exportAuditLog,
  'audit verify': verifyAuditLogCommand,
  'events list': listEvents,
  'events replay': replayEvents,
  'jobs run': runJob,
  'residency key': saveEvidenceKey,
  'residency verify': verifyEvidenceCommand,
  'events show': showEvents,
};

/** The commands of operators, on this machine or on a deployed stage. */
export const makeProgram = (name: string, version: string) =>
  defineProgram<OpsContext>({
    name,
    version,
    summary: 'Commands of operators, on the instance of npm start or on a deployed stage.',
    commands: [
      ...commandNames.map((command) => makeOperatorCommand(command, clientParts[command])),
      ...clientCommands,
    ],
    groups,
    globals: z.strictObject({ ...targetOptions.options, ...outputOptions }),
    suggestions: targetOptions.suggestions,
    open: (given, terminal) =>
      openOpsContext(
        chooseTarget(given as TargetOptions, terminal.environment),
        chooseFormat(given, terminal.isTty),
        terminal,
      ),
  });
