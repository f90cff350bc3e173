import * as z from 'zod';
import { verifyAuditLog } from '../../../lambdas/audit/verify-audit-log.ts';
import { type EvidenceKind, readEvidenceFolder } from '../evidence/read-evidence-folder.ts';
import { RECORDS_FILE, readRecords } from '../evidence/read-records.ts';
import { type ClientPart, exitCodeOfResult } from '../operator-command.ts';

const auditHeads: EvidenceKind = {
  prefix: 'audit',
  items: 'signed heads of the audit log',
  example: 'audit/2026-11/head-0000000001.json',
};

/** Verifies the audit log of a deployment, or a downloaded folder without any access to AWS. */
export const verifyAuditLogCommand: ClientPart = {
  options: z.strictObject({
    offline: z
      .string()
      .min(1)
      .optional()
      .describe('Verify this folder of downloaded heads and exported records; needs no AWS'),
  }),
  details:
    'chain is intact, broken, unsigned (nothing proves that the newest records are all) or ' +
    'empty. Exit code 1: broken or unsigned. docs/audit-log.md says what is proved.',
  async run(typed, { offline }, { runCommand, print, terminal }) {
    const result =
      offline === undefined
        ? await runCommand({ command: 'audit verify', arguments: typed })
        : await verifyOffline(String(offline), knownBreaksIn(typed), terminal.now());
    print(result);
    return exitCodeOfResult(result);
  },
};

const knownBreaksIn = ({ knownBreaks }: Readonly<Record<string, unknown>>) =>
  typeof knownBreaks === 'string' ? knownBreaks.split(',').map(Number) : [];

async function verifyOffline(folder: string, knownBreaks: readonly number[], now: Date) {
  const evidence = readEvidenceFolder(folder, auditHeads);
  const records = readRecords(folder);
  const notChecked = [
    ...(records === undefined ? [`Records: the folder has no ${RECORDS_FILE}`] : []),
    ...evidence.notChecked,
  ];
  const verification = await verifyAuditLog({
    ...evidence,
    notChecked,
    stage: undefined,
    limit: Number.MAX_SAFE_INTEGER,
    records,
    unchained: 0,
    now,
    knownBreaks,
  });
  return { ...verification };
}
