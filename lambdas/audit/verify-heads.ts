import type { ReadVersion, StoredVersion } from '../platform/aws/evidence-bucket.ts';
import type { EvidencePublicKey } from '../platform/evidence-signature.ts';
import { sequenceOfKey } from './head-files.ts';
import { type FoundHead, groupHeads, readAllHeads } from './read-heads.ts';
import type { StoredHead } from './signed-head.ts';

export interface HeadsToVerify {
  /** Every version and every delete marker under `audit/`. */
  readonly versions: readonly StoredVersion[];
  readonly read: ReadVersion;
  readonly publicKey: EvidencePublicKey;
  /** Undefined: the stage that the newest head names. */
  readonly stage: string | undefined;
  /** Number of the newest heads whose content is read. */
  readonly limit: number;
}

export interface HeadsVerification {
  /** Genuine heads, oldest first. */
  readonly heads: readonly StoredHead[];
  /** Heads whose content was not read. */
  readonly unread: number;
  readonly problems: readonly string[];
}

/** Verifies the heads in the bucket: signatures, names, times, stage and chain. */
export async function verifyHeads(given: HeadsToVerify): Promise<HeadsVerification> {
  const { versions, read, publicKey, limit } = given;
  const groups = groupHeads(versions);
  const readings = await readAllHeads(groups.slice(0, limit), read, publicKey);
  const found = readings.flatMap((reading) => reading.found ?? []).toReversed();
  const stage = given.stage ?? found.at(-1)?.head.stage;
  const own = found.filter(({ head }) => head.stage === stage);
  return {
    heads: own.map(({ head }) => head),
    unread: Math.max(0, groups.length - limit),
    problems: [
      ...explainStrangers(versions),
      ...readings.flatMap(({ problems }) => problems),
      ...found
        .filter(({ head }) => head.stage !== stage)
        .map(({ head, version }) => `${version.key} is a head of the stage '${head.stage}'.`),
      ...own.flatMap(explainTime),
      ...missingNumbers(groups.map(({ sequence }) => sequence)),
      ...own.flatMap(({ head }, index) => explainLink(head, own[index - 1]?.head)),
    ],
  };
}

/** Explains delete markers and objects that are no heads. */
const explainStrangers = (versions: readonly StoredVersion[]): readonly string[] =>
  versions.flatMap(({ key, versionId, lastModified, isDeleteMarker }) => {
    const at = lastModified?.toISOString();
    if (isDeleteMarker)
      return [`${key} was deleted at ${at} (delete marker ${versionId}). Its versions remain.`];
    return sequenceOfKey(key) === undefined
      ? [`${key} (version ${versionId}, stored at ${at}) is no head of the audit log.`]
      : [];
  });

// The job's timeout is one minute. The rest is the difference of the clocks of Lambda and S3.
const MAX_APART_MS = 15 * 60_000;

/** Compares the signed time with the time of the upload, which no caller can choose. */
function explainTime({ head, version: { key, lastModified } }: FoundHead): readonly string[] {
  if (lastModified === undefined) return [];
  if (Math.abs(lastModified.getTime() - head.signedAt.getTime()) <= MAX_APART_MS) return [];
  return [
    `${key} was stored at ${lastModified.toISOString()}, but says that it was signed at ` +
      `${head.signedAt.toISOString()}: the head is backdated.`,
  ];
}

function missingNumbers(sequences: readonly number[]): readonly string[] {
  const present = new Set(sequences);
  const last = Math.max(0, ...sequences);
  const missing = last - [...present].filter((sequence) => sequence > 0).length;
  if (missing === 0) return [];
  const first = firstMissing(present);
  return [`Heads missing from the bucket: ${missing} of ${last}, the first is head ${first}.`];
}

function firstMissing(present: ReadonlySet<number>): number {
  let first = 1;
  while (present.has(first)) first += 1;
  return first;
}

/** Compares a head with the one before, if that one was read. */
function explainLink(head: StoredHead, previous: StoredHead | undefined): readonly string[] {
  if (previous === undefined)
    return head.sequence === 1 && head.previous !== null ? ['Head 1 names a head before it.'] : [];
  if (head.sequence === previous.sequence) return [`Two heads have the number ${head.sequence}.`];
  if (head.sequence === previous.sequence + 1 && head.previous !== previous.sha256)
    return [`Head ${head.sequence} does not name head ${previous.sequence}: another hash.`];
  return head.signedAt < previous.signedAt
    ? [`Head ${head.sequence} was signed before head ${previous.sequence}.`]
    : [];
}
