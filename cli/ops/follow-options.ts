import * as z from 'zod';
import type { Terminal } from '../command-line/terminal.ts';
import { wholeNumber } from '../whole-number.ts';

/** Options of commands that wait for the outcome of what they started. */
export const followOptions = (seconds: number) => ({
  wait: z
    .boolean()
    .default(true)
    .describe('Exit once the request is accepted, without waiting for the outcome'),
  timeout: wholeNumber('seconds', 1, 3_600)
    .default(seconds)
    .describe('Seconds to wait for the outcome'),
});

/** Describes how a wait ended whose outcome is not known. */
export const describeWait = (
  seconds: number,
  { interruption }: Pick<Terminal, 'interruption'>,
): string =>
  interruption().aborted ? 'at Ctrl-C, which ended only the wait' : `after ${seconds} s`;
