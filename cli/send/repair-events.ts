import * as z from 'zod';
import { defineCommand } from '../command-line/command.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { replayCommand } from './explain.ts';
import { connectToRunning } from './running-client.ts';

export const repairCommand = defineCommand({
  name: 'repair',
  summary: 'End the faults of --fails and --broken, as the deploy of a corrected function does',
  arguments: z.strictObject({}),
  async run(_, { out }: Terminal) {
    const repaired = await (await connectToRunning()).repair();
    if (repaired.length === 0) out('No event has a fault.');
    for (const { source, eventId } of repaired) {
      out(`Repaired: ${source} ${eventId}`);
      out(`  If it is exhausted: ${replayCommand(source, eventId)}`);
    }
    return exitCodes.done;
  },
});
