import * as z from 'zod';
import { operatorCommands } from '../../../lambdas/catalog/operator-commands.ts';
import { exitCodes } from '../../command-line/exit-codes.ts';
import type { ClientPart } from '../operator-command.ts';

const { text, reason } = operatorCommands['events search'].arguments.shape;

/** Lists events. With a text, runs `events search`, which needs another policy. */
export const listEvents: ClientPart = {
  options: z.strictObject({
    text: text
      .optional()
      .describe(
        'Only events whose stored body contains this text; as events search, it needs ' +
          'PrivacyPolicyArn and is recorded',
      ),
    reason,
  }),
  async run(typed, { text, reason }, { runCommand, print }) {
    print(
      text === undefined
        ? await runCommand({ command: 'events list', arguments: typed })
        : await runCommand({ command: 'events search', arguments: { ...typed, text, reason } }),
    );
    return exitCodes.done;
  },
};
