import * as z from 'zod';
import { evidenceAlgorithm } from '../../platform/evidence-signature.ts';
import { REPORT_TIMEZONE } from '../reported-week.ts';
import { isMadeUp, type ResidencyFacts } from '../residency-facts.ts';
import { regionBases, verdicts } from '../summarize.ts';

export const documentSchema = 'motion-mavericks.residency-report/2';

export type FileHashes = Readonly<Record<string, { readonly sha256: string }>>;

/**
 * Composes report.json. It contains the hashes of the other files and of the previous report, so
 * its own hash and its signature cover all of them.
 */
export function composeDocument(facts: ResidencyFacts, files: FileHashes): string {
  const { week, totals } = facts;
  const document = {
    schema: documentSchema,
    stage: facts.stage,
    sequence: facts.sequence,
    week: { monday: week.monday, from: week.from, to: week.to, timezone: REPORT_TIMEZONE },
    generatedAt: facts.generatedAt,
    madeUp: isMadeUp(facts),
    verdict: facts.verdict,
    allowedRegions: facts.allowedRegions,
    totals,
    rows: facts.rows,
    declarations: facts.declarations,
    violations: { total: totals.violations, listed: facts.misplaced },
    webhookBodies: { retentionDays: facts.retentionDays, held: facts.storedBodies },
    previous: facts.previous,
    signature: {
      file: 'report.sig',
      algorithm: evidenceAlgorithm,
      keyId: facts.keyId,
      publicKeySha256: facts.publicKeySha256,
    },
    files,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Fields of every version of report.json; its hash covers all other fields too. */
export const anyReportDocument = z.object({
  schema: z.string(),
  stage: z.string(),
  sequence: z.int(),
  week: z.object({ monday: z.iso.date() }),
  generatedAt: z.coerce.date(),
  totals: z.object({ assets: z.int(), violations: z.int() }),
  previous: z.object({ week: z.iso.date(), sha256: z.string() }).nullable(),
  files: z.record(z.string(), z.object({ sha256: z.string() })),
});

export type AnyReportDocument = z.infer<typeof anyReportDocument>;

/** Fields of a signed report that its mail and its row contain. */
export const reportDocument = anyReportDocument.extend({
  schema: z.literal(documentSchema),
  verdict: z.enum(verdicts),
  totals: z.object({
    assets: z.int(),
    allowed: z.int(),
    violations: z.int(),
    notEstablished: z.int(),
    reported: z.int(),
    declared: z.int(),
    unknown: z.int(),
  }),
  rows: z.array(
    z.object({
      provider: z.string(),
      region: z.string().nullable(),
      basis: z.enum(regionBases),
      verdict: z.enum(verdicts),
      assets: z.int(),
    }),
  ),
  signature: z.object({ keyId: z.string(), publicKeySha256: z.string() }),
});

export type ReportDocument = z.infer<typeof reportDocument>;
