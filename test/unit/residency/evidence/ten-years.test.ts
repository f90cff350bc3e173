import { expect, test } from '@jest/globals';
import { verifyEvidence } from '../../../../lambdas/residency/evidence/verify-evidence.ts';
import { aLongChain } from '../../../support/residency/long-chain.ts';
import { aSigningKey } from '../../../support/residency/signing-key.ts';

const TEN_YEARS = 520;

test('verifies ten years of reports, with a limited number of reads at once', async () => {
  const { bucket, key, now } = await aLongChain(TEN_YEARS, aSigningKey());
  let reads = 0;
  let maxReads = 0;

  const verification = await verifyEvidence({
    rows: undefined,
    versions: await bucket.listVersions('residency/'),
    read: async ({ key: name, versionId }) => {
      reads += 1;
      maxReads = Math.max(maxReads, reads);
      await new Promise(setImmediate);
      reads -= 1;
      return bucket.get(name, versionId);
    },
    publicKey: key.publicKey,
    now,
  });

  expect(verification).toMatchObject({
    chain: 'intact',
    checked: { reports: TEN_YEARS, signatures: TEN_YEARS, files: 5 * TEN_YEARS },
    signedSince: '2016-11-28',
    problems: [],
  });
  expect(maxReads).toBeGreaterThan(10);
  // More would wait for a connection: the SDK opens 50.
  expect(maxReads).toBeLessThanOrEqual(50);
});
