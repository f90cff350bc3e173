import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type CallLimits, callDeadline, clientLimits } from './call-limits.ts';

export interface EvidenceObject {
  readonly key: string;
  readonly contentType: string;
  readonly content: string | Uint8Array;
  readonly sha256: string;
  /** Writes only if the key has no version. */
  readonly ifAbsent?: boolean;
}

/** A version of an object, or a delete marker, which hides the versions before it. */
export interface ObjectVersion {
  readonly key: string;
  /** Null if the bucket does not keep versions. */
  readonly versionId: string | null;
  /** Time at which S3 stored the version. No caller can choose it. */
  readonly lastModified: Date;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
}

/**
 * A version as a verification reads it. `lastModified` is undefined if a folder of downloaded files
 * came without a list of versions.
 */
export interface StoredVersion extends Omit<ObjectVersion, 'lastModified'> {
  readonly lastModified: Date | undefined;
}

/** Reads the content of a version. @returns undefined if it does not exist. */
export type ReadVersion = (
  version: Pick<ObjectVersion, 'key' | 'versionId'>,
) => Promise<Uint8Array | undefined>;

/** Another writer stored the key first. */
export class ObjectExistsError extends Error {
  constructor(key: string) {
    super(`${key} exists already.`);
    this.name = 'ObjectExistsError';
  }
}

/** Bucket of evidence. Its object lock keeps each version for years. */
export interface EvidenceBucket {
  readonly name: string;
  /**
   * Writes a new version of the key and returns the version id. Replaces nothing.
   * @throws ObjectExistsError
   */
  put(object: EvidenceObject): Promise<string | null>;
  /** Returns undefined if the object or the version does not exist. */
  get(key: string, versionId: string | null): Promise<Uint8Array | undefined>;
  /** Lists every version and every delete marker of the keys with this prefix. */
  listVersions(prefix: string): Promise<readonly ObjectVersion[]>;
}

const LIMITS: CallLimits = { attempts: 3, attemptMs: 10_000 };

export function openEvidenceBucket(name: string, limits = LIMITS): EvidenceBucket {
  const client = new S3Client(clientLimits(limits));
  return {
    name,
    async put(object) {
      try {
        const { VersionId } = await client.send(putCommand(name, object), callDeadline(limits));
        return VersionId ?? null;
      } catch (error) {
        if (isNamed(error, ['PreconditionFailed', 'ConditionalRequestConflict']))
          throw new ObjectExistsError(object.key);
        throw error;
      }
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
        // S3 answers MethodNotAllowed for the version of a delete marker.
        if (isNamed(error, ['NoSuchKey', 'NoSuchVersion', 'MethodNotAllowed'])) return undefined;
        throw error;
      }
    },
    listVersions: (prefix) => listVersions(client, name, prefix, limits),
  };
}

const putCommand = (
  bucket: string,
  { key, contentType, content, sha256, ifAbsent = false }: EvidenceObject,
) =>
  new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: Buffer.from(content),
    ContentType: contentType,
    // S3 rejects content that does not match. A bucket with object lock requires a checksum.
    ChecksumAlgorithm: 'SHA256',
    ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
    ...(ifAbsent ? { IfNoneMatch: '*' } : {}),
  });

const isNamed = (error: unknown, names: readonly string[]) =>
  error instanceof Error && names.includes(error.name);

async function listVersions(
  client: S3Client,
  bucket: string,
  prefix: string,
  limits: CallLimits,
): Promise<readonly ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  let position: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
  while (position !== undefined) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...position }),
      callDeadline(limits),
    );
    versions.push(...toVersions(page.Versions ?? [], false));
    versions.push(...toVersions(page.DeleteMarkers ?? [], true));
    position = nextPosition(page);
  }
  return versions;
}

function nextPosition({
  IsTruncated,
  NextKeyMarker,
  NextVersionIdMarker,
}: ListObjectVersionsCommandOutput) {
  if (IsTruncated !== true) return undefined;
  if (NextKeyMarker === undefined) throw new Error('S3 returned a page without a next key.');
  return {
    KeyMarker: NextKeyMarker,
    ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
  };
}

interface ListedVersion {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly IsLatest?: boolean | undefined;
}

const toVersions = (
  listed: readonly ListedVersion[],
  isDeleteMarker: boolean,
): readonly ObjectVersion[] =>
  listed.map(({ Key, VersionId, LastModified, IsLatest }) => {
    if (Key === undefined || LastModified === undefined)
      throw new Error('S3 listed a version without a key or a date.');
    return {
      key: Key,
      // A version that was written before the bucket kept versions has the id "null".
      versionId: VersionId === undefined || VersionId === 'null' ? null : VersionId,
      lastModified: LastModified,
      isLatest: IsLatest === true,
      isDeleteMarker,
    };
  });
