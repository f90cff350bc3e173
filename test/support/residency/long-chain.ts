import { sha256 } from '../../../lambdas/platform/evidence-signature.ts';
import { composeDocument } from '../../../lambdas/residency/documents/report-document.ts';
import { storeReport } from '../../../lambdas/residency/evidence/store-report.ts';
import { daysAfter, weekOf } from '../../../lambdas/residency/reported-week.ts';
import { anEvidenceBucket, type TestBucket } from './evidence.ts';
import { aGroup, someFacts } from './facts.ts';
import type { TestKey } from './signing-key.ts';

export interface LongChain {
  readonly bucket: TestBucket;
  readonly key: TestKey;
  /** A day and a half after the last report was due. */
  readonly now: Date;
}

/** Writes reports of consecutive weeks, signed with `key`, without a database or real documents. */
export async function aLongChain(
  reports: number,
  key: TestKey,
  firstWeek = '2016-11-28',
): Promise<LongChain> {
  const bucket = anEvidenceBucket();
  const contents = { 'report.csv': 'csv', 'report.html': 'html', 'report.pdf': Buffer.from('pdf') };
  const hashes = Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [name, { sha256: sha256(content) }]),
  );
  let previous: { week: string; sha256: string } | null = null;
  for (let index = 0; index < reports; index += 1) {
    const week = weekOf(daysAfter(firstWeek, index * 7));
    const generatedAt = new Date(week.to.getTime() + 7 * 3_600_000);
    const facts = someFacts([aGroup()], {
      week,
      generatedAt,
      previous,
      sequence: index + 1,
      keyId: key.signer.keyId,
      publicKeySha256: key.publicKey.fingerprint,
    });
    const documents = { ...contents, 'report.json': composeDocument(facts, hashes) };
    bucket.now = generatedAt;
    const deps = { bucket, signer: key.signer };
    const stored = await storeReport(deps, week.monday, documents, { replacesForgery: false });
    previous = { week: week.monday, sha256: stored.sha256 };
  }
  return { bucket, key, now: new Date(bucket.now.getTime() + 30 * 3_600_000) };
}
