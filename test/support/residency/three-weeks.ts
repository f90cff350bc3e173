import { expect } from '@jest/globals';
import type { EvidenceVerification } from '../../../lambdas/residency/evidence/verification.ts';
import { anEvidenceBucket, type TestBucket } from './evidence.ts';
import { dueAt, type residencyReportsOn, weeksLater } from './residency-reports.ts';

export const second = '2026-11-23';
export const last = '2026-11-30';

/** Writes the reports of three weeks: of 16, 23 and 30 November 2026. */
export async function reportThreeWeeks({
  reporter,
}: ReturnType<typeof residencyReportsOn>): Promise<TestBucket> {
  const bucket = anEvidenceBucket();
  for (const weeks of [0, 1, 2])
    await reporter(bucket, weeksLater(weeks))(dueAt(weeksLater(weeks)));
  return bucket;
}

/** Returns the first stored version whose key ends so. */
export const nameOf = (bucket: TestBucket, end: string) =>
  [...bucket.versions.keys()].find((name) => name.includes(end)) ?? '';

/** Expects a broken chain with at least these problems. */
export function expectBroken(
  { chain, problems }: EvidenceVerification,
  ...expected: readonly (readonly [week: string, problem: RegExp])[]
): void {
  expect(chain).toBe('broken');
  for (const [week, problem] of expected)
    expect(problems).toContainEqual({ week, problem: expect.stringMatching(problem) });
}
