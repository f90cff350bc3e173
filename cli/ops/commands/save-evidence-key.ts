import { existsSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { BadInputError } from '../../command-line/errors.ts';
import { exitCodes } from '../../command-line/exit-codes.ts';
import type { ClientPart } from '../operator-command.ts';

/** Prints the public key of the evidence, or writes it to a file for an auditor. */
export const saveEvidenceKey: ClientPart = {
  options: z.strictObject({
    out: z.string().min(1).optional().describe('Write the public key in PEM to this new file'),
  }),
  async run(typed, { out }, { runCommand, print }) {
    if (out !== undefined && existsSync(String(out)))
      throw new BadInputError(`--out '${out}' exists already: give a new file.`);
    const { publicKey, ...key } = await runCommand({ command: 'residency key', arguments: typed });
    if (out === undefined) print({ ...key, publicKey });
    else {
      write(String(out), String(publicKey));
      print({ ...key, file: out });
    }
    return exitCodes.done;
  },
};

function write(file: string, content: string): void {
  try {
    writeFileSync(file, content, { flag: 'wx' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadInputError(`--out '${file}' cannot be written: ${reason}`);
  }
}
