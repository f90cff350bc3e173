import * as z from 'zod';
import { exitCodes } from '../../command-line/exit-codes.ts';
import type { ClientPart } from '../operator-command.ts';

/** Shows an event, and its body only on request: reading a body needs a policy of its own. */
export const showEvents: ClientPart = {
  options: z.strictObject({
    body: z
      .boolean()
      .default(false)
      .describe('Show the stored body too; needs the privacy policy, and is recorded'),
    reason: z.string().optional().describe('Reason for reading the body, for the audit log'),
  }),
  async run(typed, { body, reason }, { runCommand, print }) {
    const details = await runCommand({ command: 'events show', arguments: typed });
    if (body !== true) {
      print(details);
      return exitCodes.done;
    }
    const given = reason === undefined ? typed : { ...typed, reason };
    const read = await runCommand({ command: 'events body', arguments: given });
    print({ ...details, body: read['body'] });
    return exitCodes.done;
  },
};
