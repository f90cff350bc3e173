import { appendFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { BadInputError } from '../../command-line/errors.ts';
import { exitCodes } from '../../command-line/exit-codes.ts';
import type { ClientPart } from '../operator-command.ts';

/** Prints one page of the audit log, or writes all of it to a file for an auditor. */
export const exportAuditLog: ClientPart = {
  options: z.strictObject({
    out: z
      .string()
      .min(1)
      .optional()
      .describe('Write all records to this new file, one JSON document a line'),
  }),
  details: 'audit verify --offline reads the file. The audit log records each page.',
  async run(typed, { out }, { runCommand, print }) {
    if (out === undefined) {
      print(await runCommand({ command: 'audit export', arguments: typed }));
      return exitCodes.done;
    }
    const file = String(out);
    create(file);
    let exported = 0;
    let next: Readonly<Record<string, unknown>> | undefined = typed;
    while (next !== undefined) {
      const page = await runCommand({ command: 'audit export', arguments: next });
      const { records, cursor } = pageSchema.parse(page);
      appendFileSync(file, records.map((one) => `${JSON.stringify(one)}\n`).join(''));
      exported += records.length;
      next = cursor === undefined ? undefined : { ...typed, cursor };
    }
    print({ exported, file });
    return exitCodes.done;
  },
};

const pageSchema = z.object({
  records: z.array(z.record(z.string(), z.unknown())),
  cursor: z.string().optional(),
});

function create(file: string): void {
  try {
    // The records contain personal data, such as the identities of operators.
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadInputError(`--out '${file}' cannot be written: ${reason}`);
  }
}
