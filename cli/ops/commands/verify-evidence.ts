import * as z from 'zod';
import { verifyEvidence } from '../../../lambdas/residency/evidence/verify-evidence.ts';
import { readEvidenceFolder, residencyReports } from '../evidence/read-evidence-folder.ts';
import { type ClientPart, exitCodeOfResult } from '../operator-command.ts';

/** Verifies the evidence of a deployment, or a downloaded folder without any access to AWS. */
export const verifyEvidenceCommand: ClientPart = {
  options: z.strictObject({
    offline: z
      .string()
      .min(1)
      .optional()
      .describe('Verify this folder of downloaded evidence; needs no AWS and no deployment'),
  }),
  details:
    'chain is intact, broken, unsigned (nothing proves that the reports are the original ones) ' +
    'or empty. Exit code 1: broken or unsigned. docs/residency.md says what is proved.',
  async run(typed, { offline }, { runCommand, print, terminal }) {
    const result =
      offline === undefined
        ? await runCommand({ command: 'residency verify', arguments: typed })
        : await verifyOffline(String(offline), terminal.now());
    print(result);
    return exitCodeOfResult(result);
  },
};

async function verifyOffline(folder: string, now: Date) {
  const evidence = readEvidenceFolder(folder, residencyReports);
  const notChecked = [
    'Rows of residency_reports: they are in the database',
    ...evidence.notChecked,
  ];
  return { ...(await verifyEvidence({ ...evidence, notChecked, rows: undefined, now })) };
}
