import { openEvidenceBucket } from '../platform/aws/evidence-bucket.ts';
import { openEvidencePublicKey } from '../platform/aws/kms.ts';

/** Environment variables that name the evidence and the key that verifies it. */
export const evidenceVariables = ['READABLE_EVIDENCE_BUCKET', 'EVIDENCE_PUBLIC_KEY_ID'] as const;

export const openEvidencePorts = (
  env: Readonly<Record<(typeof evidenceVariables)[number], string>>,
) => ({
  evidence: openEvidenceBucket(env.READABLE_EVIDENCE_BUCKET),
  evidenceKey: openEvidencePublicKey(env.EVIDENCE_PUBLIC_KEY_ID),
});
