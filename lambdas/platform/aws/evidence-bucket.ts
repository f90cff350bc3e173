import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type CallLimits, callDeadline, clientLimits } from './call-limits.ts';

export interface EvidenceObject {
  readonly key: string;
  readonly contentType: string;
  readonly content: string;
  readonly sha256: string;
}

/** Bucket of evidence. Its object lock keeps each version for years. */
export interface EvidenceBucket {
  readonly name: string;
  /** Writes a new version of the key and returns the version id. Replaces nothing. */
  put(object: EvidenceObject): Promise<string | null>;
  /** Returns undefined if the object or the version does not exist. */
  get(key: string, versionId: string | null): Promise<Uint8Array | undefined>;
}

const LIMITS: CallLimits = { attempts: 3, attemptMs: 10_000 };

export function openEvidenceBucket(name: string, limits = LIMITS): EvidenceBucket {
  const client = new S3Client(clientLimits(limits));
  return {
    name,
    async put({ key, contentType, content, sha256 }) {
      const { VersionId } = await client.send(
        new PutObjectCommand({
          Bucket: name,
          Key: key,
          Body: Buffer.from(content),
          ContentType: contentType,
          // S3 rejects content that does not match. A bucket with object lock requires a checksum.
          ChecksumAlgorithm: 'SHA256',
          ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
        }),
        callDeadline(limits),
      );
      return VersionId ?? null;
    },
    async get(key, versionId) {
      const command = new GetObjectCommand({
        Bucket: name,
        Key: key,
        ...(versionId === null ? {} : { VersionId: versionId }),
      });
      try {
        const { Body } = await client.send(command, callDeadline(limits));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof Error && notFoundNames.includes(error.name)) return undefined;
        throw error;
      }
    },
  };
}

const notFoundNames: readonly string[] = ['NoSuchKey', 'NoSuchVersion'];
