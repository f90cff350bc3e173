import type { ResidencyFacts } from '../../../lambdas/residency/residency-facts.ts';
import { type StorageGroup, summarize } from '../../../lambdas/residency/summarize.ts';

export const aGroup = (facts: Partial<StorageGroup> = {}): StorageGroup => ({
  provider: 's3',
  region: 'ap-southeast-2',
  basis: 'reported',
  assets: 2,
  bytes: 3_400_000,
  assetsWithoutBytes: 0,
  durationSeconds: 5_400,
  assetsWithoutDuration: 0,
  addedInWeek: 1,
  contradicted: 0,
  ...facts,
});

/** Facts of the report of one week, with the given groups of assets. */
export function someFacts(
  groups: readonly StorageGroup[],
  facts: Partial<ResidencyFacts> = {},
): ResidencyFacts {
  const allowedRegions = ['ap-southeast-2'];
  return {
    stage: 'dev',
    sequence: 2,
    allowedRegions,
    declarations: [],
    misplaced: [],
    storedBodies: [],
    retentionDays: { webhookBodies: 90, webhookEvents: 400 },
    generatedAt: new Date('2026-11-22T20:00:00Z'),
    week: {
      monday: '2026-11-16',
      from: new Date('2026-11-15T13:00:00Z'),
      to: new Date('2026-11-22T13:00:00Z'),
    },
    previous: { week: '2026-11-09', sha256: 'ab'.repeat(32) },
    keyId: 'arn:aws:kms:ap-southeast-2:000000000000:key/evidence',
    publicKeySha256: 'ef'.repeat(32),
    ...summarize(groups, allowedRegions),
    ...facts,
  };
}
