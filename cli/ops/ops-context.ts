import { UserError } from '../../local/user-error.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { type OutputFormat, printResult } from '../output/print-result.ts';
import {
  type Deployment,
  makeRunCommand,
  type OperationResult,
  type RunCommand,
} from './operations-client.ts';
import { findTarget, type Target, type TargetOptions } from './target.ts';

/** Collaborators of a command of operators. */
export interface OpsContext {
  readonly terminal: Terminal;
  readonly format: OutputFormat;
  /** Options that select the deployment, for commands that need no API. */
  readonly targetOptions: TargetOptions;
  /** Finds the deployment that the options select; the same one at every call. */
  readonly target: () => Promise<Target>;
  /** Runs an operator command in the operations function of the target. */
  readonly runCommand: RunCommand;
  readonly print: (result: OperationResult) => void;
  /** Prints the result of a command that changes something, with the place of the change. */
  readonly printChange: (result: OperationResult) => void;
  /** Reports that the outcome of a change cannot be read. @throws any error of another kind. */
  readonly reportUnread: (error: unknown) => undefined;
}

export function openOpsContext(
  options: TargetOptions,
  format: OutputFormat,
  terminal: Terminal,
): OpsContext {
  let found: Promise<Target> | undefined;
  let place = '';
  const target = () => {
    found ??= findTarget(options);
    return found;
  };
  let run: RunCommand | undefined;
  return {
    terminal,
    format,
    targetOptions: options,
    target,
    async runCommand(request) {
      const found = await target();
      run ??= makeRunCommand(found, (deployment) => {
        place = placeOf(found, deployment);
      });
      return run(request);
    },
    reportUnread(error) {
      if (!(error instanceof UserError)) throw error;
      terminal.err(`The request was accepted, but its outcome cannot be read: ${error.message}`);
      return undefined;
    },
    print: (result) => printResult(result, format, terminal),
    printChange(result) {
      printResult(format === 'json' ? { ...result, target: place } : result, format, terminal);
      if (format === 'table') terminal.out(`\nOn ${place}.`);
      if (format === 'csv') terminal.err(`On ${place}.`);
    },
  };
}

/** Names the deployment that a command changed. */
export function placeOf(target: Target, { stage, account }: Deployment): string {
  if (target.isLocal) return 'this machine';
  const name = stage ?? target.stage;
  // A deployment of an earlier version reports neither.
  const where = name === undefined ? new URL(target.url).host : `stage ${name}`;
  return account === undefined ? where : `${where}, account ${account}`;
}
