import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import { type EvidenceBucket, ObjectExistsError } from '../platform/aws/evidence-bucket.ts';
import type { Clock } from '../platform/clock.ts';
import {
  type EvidenceSigner,
  type FetchPublicKey,
  sha256,
} from '../platform/evidence-signature.ts';
import { log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { FIRST_PREVIOUS_HASH } from './audit-hash.ts';
import { type ChainHead, countUnchained, findHead, readChain } from './audit-log.queries.ts';
import { findNewestHead } from './find-newest-head.ts';
import { HEAD_INTERVAL_MS, headKey } from './head-files.ts';
import { type AuditHead, composeHead, composeHeadFile, type StoredHead } from './signed-head.ts';
import { type ChainReport, verifyAuditChain } from './verify-audit-chain.ts';

export interface SignHeadDeps {
  readonly pool: GetPool;
  readonly bucket: EvidenceBucket;
  readonly signer: EvidenceSigner;
  readonly publicKey: FetchPublicKey;
  readonly stage: string;
  readonly now: Clock;
}

/**
 * Signs the newest record of the audit log, if it changed or the last head is a day old. Verifies
 * the log first: a head that does not continue the one before says so for ever, and the next head
 * continues it.
 */
export function makeSignHead(deps: SignHeadDeps) {
  return async function signHead(_run: RunningJob): Promise<JobCounts> {
    const { now } = deps;
    const db = await deps.pool();
    const at = now();
    const previous = await findNewestHead(deps, await deps.publicKey(), at);
    if (!isDue(await findHead(db), previous, at)) return { HeadsSigned: 0, AuditProblemsFound: 0 };
    const report = await verifyAuditChain(readChain(db), previous === undefined ? [] : [previous]);
    const unchained = await countUnchained(db);
    const head = nextHead(previous, report, unchained, { stage: deps.stage, signedAt: at });
    const found = problemsFound(previous, report, head);
    if (found > 0) log.error('The audit log was changed', { head, problems: report.problems });
    const isStored = await store(deps, head);
    return { HeadsSigned: isStored ? 1 : 0, AuditProblemsFound: found };
  };
}

/** Returns true if the log differs from the head, or if the head is a day old. */
export function isDue(
  newest: ChainHead | undefined,
  previous: AuditHead | undefined,
  at: Date,
): boolean {
  if (previous === undefined) return newest !== undefined;
  const { position, hash } = newest ?? EMPTY;
  return (
    position !== previous.position ||
    hash !== previous.hash ||
    at.getTime() - previous.signedAt.getTime() >= HEAD_INTERVAL_MS
  );
}

const EMPTY: ChainHead = { position: 0, hash: FIRST_PREVIOUS_HASH };

/** Composes the head that follows the previous one. */
export function nextHead(
  previous: StoredHead | undefined,
  report: ChainReport,
  unchained: number,
  { stage, signedAt }: Pick<AuditHead, 'stage' | 'signedAt'>,
): AuditHead {
  const sequence = (previous?.sequence ?? 0) + 1;
  const breaks = previous?.breaks ?? [];
  return {
    stage,
    sequence,
    ...(report.last ?? EMPTY),
    previous: previous?.sha256 ?? null,
    problems: report.problemCount - report.headProblemCount + unchained,
    breaks: report.headProblemCount > 0 ? [...breaks, sequence] : breaks,
    signedAt,
  };
}

/** Counts the problems that the previous head does not state yet. */
export const problemsFound = (
  previous: AuditHead | undefined,
  { headProblemCount }: Pick<ChainReport, 'headProblemCount'>,
  { problems }: Pick<AuditHead, 'problems'>,
): number => headProblemCount + Math.max(0, problems - (previous?.problems ?? 0));

/** @returns false if another run has signed this head. */
async function store(deps: SignHeadDeps, head: AuditHead): Promise<boolean> {
  const { bucket, signer } = deps;
  const text = composeHead(head);
  const content = composeHeadFile(text, await signer.sign(sha256(text)));
  const key = headKey(head.signedAt, head.sequence);
  const object = { key, contentType: 'application/json', content, sha256: sha256(content) };
  try {
    await bucket.put({ ...object, ifAbsent: true });
    return true;
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
  }
  const existing = await findNewestHead(deps, await deps.publicKey(), head.signedAt);
  if (existing !== undefined && existing.sequence >= head.sequence) {
    log.info('Another run has signed this head', { key });
    return false;
  }
  // A forged object of this name must not stop the job. `audit verify` reports it.
  await bucket.put(object);
  return true;
}
