import type { ReadVersion, StoredVersion } from '../platform/aws/evidence-bucket.ts';
import { mapConcurrently } from '../platform/aws/map-concurrently.ts';
import type { EvidencePublicKey } from '../platform/evidence-signature.ts';
import { headKey, sequenceOfKey } from './head-files.ts';
import { readHeadFile, type StoredHead } from './signed-head.ts';

/** Versions of one key, newest first, without delete markers. */
export interface HeadVersions {
  readonly key: string;
  readonly sequence: number;
  readonly versions: readonly StoredVersion[];
}

/** Groups the versions of heads by key, highest number first. */
export function groupHeads(versions: readonly StoredVersion[]): readonly HeadVersions[] {
  const groups = new Map<string, StoredVersion[]>();
  for (const version of versions.filter(({ isDeleteMarker }) => !isDeleteMarker))
    groups.set(version.key, [...(groups.get(version.key) ?? []), version]);
  return [...groups]
    .flatMap(([key, ofKey]) => {
      const sequence = sequenceOfKey(key);
      return sequence === undefined ? [] : [{ key, sequence, versions: newestFirst(ofKey) }];
    })
    .toSorted((a, b) => b.sequence - a.sequence || (a.key < b.key ? 1 : -1));
}

const newestFirst = (versions: readonly StoredVersion[]) =>
  versions.toSorted(
    (a, b) =>
      Number(b.isLatest) - Number(a.isLatest) ||
      (b.lastModified?.getTime() ?? 0) - (a.lastModified?.getTime() ?? 0),
  );

export interface FoundHead {
  readonly head: StoredHead;
  readonly version: StoredVersion;
}

export interface HeadReading {
  /** Undefined if no version of the key is a genuine head. */
  readonly found: FoundHead | undefined;
  readonly problems: readonly string[];
}

/** Reads all versions of one key. The genuine head is signed, and names its own key. */
export async function readHead(
  { key, sequence, versions }: HeadVersions,
  read: ReadVersion,
  publicKey: EvidencePublicKey,
): Promise<HeadReading> {
  let found: FoundHead | undefined;
  const problems: string[] = [];
  for (const version of versions) {
    const content = await read(version);
    const result =
      content === undefined ? { status: 'missing' as const } : readHeadFile(content, publicKey);
    if (result.status !== 'valid') problems.push(explain(result.status, version));
    else if (result.head.sequence !== sequence || headKey(result.head.signedAt, sequence) !== key)
      problems.push(`${key} is a copy of head ${result.head.sequence}, under another name.`);
    else if (found !== undefined) problems.push(explain('repeated', version));
    else found = { head: result.head, version };
  }
  return { found, problems };
}

function explain(
  status: 'missing' | 'unreadable' | 'forged' | 'repeated',
  { key, versionId, lastModified }: StoredVersion,
): string {
  const version = `Version ${versionId} of ${key}, stored at ${lastModified?.toISOString()},`;
  const explanations = {
    missing: 'has no content in the folder or the bucket.',
    unreadable: 'is no head: the job sign-audit-head did not write it.',
    forged: 'has no valid signature: the job sign-audit-head did not write it.',
    repeated: 'repeats a signed head.',
  };
  return `${version} ${explanations[status]}`;
}

// S3 answers about 50 requests of one client at a time.
const HEADS_AT_ONCE = 32;

export const readAllHeads = (
  groups: readonly HeadVersions[],
  read: ReadVersion,
  publicKey: EvidencePublicKey,
): Promise<readonly HeadReading[]> =>
  mapConcurrently(groups, HEADS_AT_ONCE, (group) => readHead(group, read, publicKey));
