import { once } from 'node:events';
import * as z from 'zod';
import { consolePath } from '../../../console/console-api.ts';
import { defineCommand } from '../../command-line/command.ts';
import { BadInputError } from '../../command-line/errors.ts';
import { exitCodes } from '../../command-line/exit-codes.ts';
import { wholeNumber } from '../../whole-number.ts';
import type { OpsContext } from '../ops-context.ts';
import type { StageTarget } from '../target.ts';

const details = `The page reads and acts only through the signed operations API, with your identity.
It listens on 127.0.0.1, and only the printed address opens it.`;

export const consoleCommand = defineCommand({
  name: 'console',
  summary: 'Open the console of a deployed stage on this machine, until Ctrl-C',
  details,
  arguments: z.strictObject({
    port: wholeNumber(undefined, 0, 65_535)
      .default(0)
      .describe('Port of 127.0.0.1; 0 selects a free port'),
  }),
  async run({ port }, context: OpsContext) {
    const target = await context.target();
    const { out, err, interruption } = context.terminal;
    if (target.isLocal) {
      out(`The running instance serves its console at ${target.url}${consolePath}`);
      return exitCodes.done;
    }
    const named = namedStage(target);
    // Fails here, before a page opens, without credentials or without the policy.
    await context.runCommand({ command: 'backlog show', arguments: {} });
    const interrupted = interruption();
    // Loaded only here: the page needs packages that the other commands do not.
    const { openStageConsole } = await import('../console/open-stage-console.ts');
    const { runCommand } = context;
    const running = await openStageConsole({ target: named, runCommand, port });
    out(`Console of ${named.stage}: ${running.url}`);
    err('Press Ctrl-C to stop.');
    if (!interrupted.aborted) await once(interrupted, 'abort');
    await running.stop();
    return exitCodes.done;
  },
});

/** The charts need the name of the stage, which its metrics contain. */
function namedStage(target: StageTarget): StageTarget & { readonly stage: string } {
  const { stage } = target;
  if (stage !== undefined) return { ...target, stage };
  throw new BadInputError('The console needs --stage <name>, also together with --api-url.');
}
