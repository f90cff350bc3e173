import type {
  EvidenceBucket,
  ReadVersion,
  StoredVersion,
} from '../platform/aws/evidence-bucket.ts';
import type { EvidencePublicKey } from '../platform/evidence-signature.ts';
import { log } from '../platform/logger.ts';
import { headPrefix, recentMonths } from './head-files.ts';
import { groupHeads, readHead } from './read-heads.ts';
import type { StoredHead } from './signed-head.ts';

export interface FindHeadDeps {
  readonly bucket: Pick<EvidenceBucket, 'get' | 'listVersions'>;
  readonly stage: string;
}

// A head is signed each day. Only after a year without the job are all heads listed.
const MONTHS = 12;

/** Finds the newest genuine head, whatever other writers added to the bucket. */
export async function findNewestHead(
  { bucket, stage }: FindHeadDeps,
  publicKey: EvidencePublicKey,
  now: Date,
): Promise<StoredHead | undefined> {
  const read: ReadVersion = ({ key, versionId }) => bucket.get(key, versionId);
  for (const prefix of [...recentMonths(now, MONTHS), headPrefix]) {
    const versions = await bucket.listVersions(prefix);
    const head = await newestOf(versions, stage, read, publicKey);
    if (head !== undefined) return head;
  }
  return undefined;
}

async function newestOf(
  versions: readonly StoredVersion[],
  stage: string,
  read: ReadVersion,
  publicKey: EvidencePublicKey,
): Promise<StoredHead | undefined> {
  for (const group of groupHeads(versions)) {
    const { found, problems } = await readHead(group, read, publicKey);
    if (problems.length > 0) log.error('The evidence bucket holds a forged head', { problems });
    if (found?.head.stage === stage) return found.head;
  }
  return undefined;
}
