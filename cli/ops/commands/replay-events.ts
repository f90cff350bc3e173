import * as z from 'zod';
import { exitCodes } from '../../command-line/exit-codes.ts';
import { wholeNumber } from '../../whole-number.ts';
import type { ClientPart } from '../operator-command.ts';
import { replayAll } from '../replay-all.ts';

/** Replays one event with one request, and many events page by page. */
export const replayEvents: ClientPart = {
  options: z.strictObject({
    rate: wholeNumber('events per second', 1, 1_000)
      .default(20)
      .describe('Events per second, for a replay of many events'),
  }),
  async run(typed, { rate }, { runCommand, printChange, terminal }) {
    const result =
      typed['event'] === undefined
        ? await replayAll(runCommand, typed, { rate: Number(rate), report: terminal.err })
        : await runCommand({ command: 'events replay', arguments: typed });
    printChange(result);
    return exitCodes.done;
  },
};
