import { createHash } from 'node:crypto';
import type {
  EvidenceBucket,
  EvidenceObject,
} from '../../../lambdas/platform/aws/evidence-bucket.ts';

export interface TestBucket extends EvidenceBucket {
  /** Contents by key and version. Tests may change them, which object lock would prevent. */
  readonly versions: Map<string, Uint8Array>;
  readonly puts: EvidenceObject[];
}

/** Keeps every version, as the real bucket does. @param failsAt Number of the upload that fails. */
export function anEvidenceBucket({ failsAt }: { failsAt?: number } = {}): TestBucket {
  const versions = new Map<string, Uint8Array>();
  const puts: EvidenceObject[] = [];
  return {
    name: 'evidence',
    versions,
    puts,
    async put(object) {
      puts.push(object);
      if (puts.length === failsAt) throw new Error('S3 is unavailable.');
      const actualHash = createHash('sha256').update(object.content).digest('hex');
      if (actualHash !== object.sha256) throw new Error('BadDigest');
      const versionId = `v${puts.length}`;
      versions.set(`${object.key} ${versionId}`, Buffer.from(object.content));
      return versionId;
    },
    async get(key, versionId) {
      return versions.get(`${key} ${versionId}`);
    },
  };
}
