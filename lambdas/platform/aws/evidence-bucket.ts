import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

export interface EvidenceObject {
  readonly key: string;
  readonly contentType: string;
  readonly content: string;
  readonly sha256: string;
}

/** Where evidence is kept; the bucket's own settings lock each version for years. */
export interface EvidenceBucket {
  readonly name: string;
  /** Never replaces anything: the same key again is another version. @returns the version. */
  put(object: EvidenceObject): Promise<string | null>;
  /** @returns undefined where there is no such object or version. */
  get(key: string, versionId: string | null): Promise<Uint8Array | undefined>;
}

const ATTEMPT_MS = 10_000;

export function openEvidenceBucket(name: string): EvidenceBucket {
  const requestHandler = {
    connectionTimeout: 3_000,
    requestTimeout: ATTEMPT_MS,
    throwOnRequestTimeout: true,
  };
  const s3 = new S3Client({ maxAttempts: 3, requestHandler });
  return {
    name,
    async put({ key, contentType, content, sha256 }) {
      // S3 compares it with what arrives, and refuses what is damaged; a bucket with object lock asks for a checksum.
      const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
      const Body = Buffer.from(content);
      const input = { Bucket: name, Key: key, Body, ContentType: contentType, ChecksumSHA256 };
      const { VersionId } = await s3.send(new PutObjectCommand(input));
      return VersionId ?? null;
    },
    async get(key, versionId) {
      const input = {
        Bucket: name,
        Key: key,
        ...(versionId === null ? {} : { VersionId: versionId }),
      };
      try {
        const { Body } = await s3.send(new GetObjectCommand(input));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey || (error as Error).name === 'NoSuchVersion')
          return undefined;
        throw error;
      }
    },
  };
}
