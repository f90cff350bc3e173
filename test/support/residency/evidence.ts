import { createHash, randomUUID } from 'node:crypto';
import {
  type EvidenceBucket,
  type EvidenceObject,
  ObjectExistsError,
  type ObjectVersion,
} from '../../../lambdas/platform/aws/evidence-bucket.ts';

interface TestVersion {
  content: Uint8Array;
  lastModified: Date;
  isDeleteMarker: boolean;
}

export interface TestBucket extends EvidenceBucket {
  /** Time at which the next version is stored. */
  now: Date;
  /** Versions by `key version`, oldest first. Tests may change them, despite the object lock. */
  readonly versions: Map<string, TestVersion>;
  readonly puts: EvidenceObject[];
  /** Writes as a person with access to the bucket does. @returns the version id. */
  forge(key: string, content: string | Uint8Array): string;
  /** Adds a delete marker, which object lock does not prevent. */
  markDeleted(key: string): void;
}

/** Keeps every version, as the real bucket does. @param failsAt Number of the upload that fails. */
export function anEvidenceBucket({ failsAt }: { failsAt?: number } = {}): TestBucket {
  const versions: TestBucket['versions'] = new Map();
  const puts: EvidenceObject[] = [];
  const bucket: TestBucket = {
    name: 'evidence',
    now: new Date('2026-11-22T20:00:00Z'),
    versions,
    puts,
    async put(object) {
      puts.push(object);
      if (puts.length === failsAt) throw new Error('S3 is unavailable.');
      const actualHash = createHash('sha256').update(object.content).digest('hex');
      if (actualHash !== object.sha256) throw new Error('BadDigest');
      const newest = (await bucket.listVersions(object.key)).find(({ isLatest }) => isLatest);
      if (object.ifAbsent && newest !== undefined && !newest.isDeleteMarker)
        throw new ObjectExistsError(object.key);
      return bucket.forge(object.key, object.content);
    },
    async get(key, versionId) {
      const version = versions.get(`${key} ${versionId}`);
      return version?.isDeleteMarker === true ? undefined : version?.content;
    },
    listVersions: async (prefix) => listVersions(versions, prefix),
    forge(key, content) {
      const versionId = `v${randomUUID().slice(0, 8)}`;
      versions.set(`${key} ${versionId}`, {
        content: Buffer.from(content),
        lastModified: bucket.now,
        isDeleteMarker: false,
      });
      return versionId;
    },
    markDeleted(key) {
      versions.set(`${key} marker`, {
        content: Buffer.alloc(0),
        lastModified: bucket.now,
        isDeleteMarker: true,
      });
    },
  };
  return bucket;
}

function listVersions(versions: TestBucket['versions'], prefix: string): readonly ObjectVersion[] {
  const listed = [...versions]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { lastModified, isDeleteMarker }]) => {
      const [key = '', versionId = ''] = name.split(' ');
      return { key, versionId, lastModified, isDeleteMarker };
    });
  const latest = new Map(listed.map((version) => [version.key, version]));
  return listed.map((version) => ({ ...version, isLatest: latest.get(version.key) === version }));
}
