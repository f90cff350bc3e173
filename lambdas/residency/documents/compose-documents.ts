import { sha256 } from '../../platform/evidence-signature.ts';
import type { coveredFiles } from '../evidence/evidence-files.ts';
import type { ResidencyFacts } from '../residency-facts.ts';
import { csvReport } from './csv-report.ts';
import { htmlReport } from './html-report.ts';
import { pdfReport } from './pdf-report.tsx';
import { composeDocument } from './report-document.ts';

export interface Documents {
  readonly 'report.json': string;
  readonly 'report.csv': string;
  readonly 'report.html': string;
  readonly 'report.pdf': Uint8Array;
}

/** Composes the documents of one report. The same facts always give the same bytes. */
export async function composeDocuments(facts: ResidencyFacts): Promise<Documents> {
  const covered = {
    'report.csv': csvReport(facts.rows),
    'report.html': htmlReport(facts),
    'report.pdf': await pdfReport(facts),
  } satisfies Record<(typeof coveredFiles)[number], string | Uint8Array>;
  const hashes = Object.fromEntries(
    Object.entries(covered).map(([name, content]) => [name, { sha256: sha256(content) }]),
  );
  return { ...covered, 'report.json': composeDocument(facts, hashes) };
}
