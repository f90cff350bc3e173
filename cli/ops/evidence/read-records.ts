import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { AuditRecord } from '../../../lambdas/audit/audit-hash.ts';
import { parseJson } from '../../../lambdas/platform/json.ts';
import { BadInputError } from '../../command-line/errors.ts';

/** File that `audit export --out` writes: one record a line. */
export const RECORDS_FILE = 'audit-log.ndjson';

const record = z.object({
  position: z.int(),
  at: z.string(),
  operator: z.string(),
  command: z.string(),
  reason: z.string().nullable(),
  requestId: z.string().nullable(),
  arguments: z.string(),
  result: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});

/** Reads the exported records one by one. @returns undefined if the folder has none. */
export function readRecords(folder: string): AsyncIterable<AuditRecord> | undefined {
  const file = join(resolve(folder), RECORDS_FILE);
  return existsSync(file) ? recordsIn(file) : undefined;
}

async function* recordsIn(file: string): AsyncGenerator<AuditRecord> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line === '') continue;
    const parsed = record.safeParse(parseJson(line));
    if (!parsed.success)
      throw new BadInputError(
        `${file}, line ${number} is no record of the audit log: ` +
          `${z.prettifyError(parsed.error)}. Export the log again: ` +
          `npm run ops -- audit export --out ${RECORDS_FILE} --stage <name>`,
      );
    yield parsed.data;
  }
}
