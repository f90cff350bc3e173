import type { ReadVersion } from '../../platform/aws/evidence-bucket.ts';
import type { EvidencePublicKey } from '../../platform/evidence-signature.ts';
import type { ReportRecord } from '../residency-reports.queries.ts';
import type { Inventory } from './inventory.ts';
import { type FoundReport, readReports } from './read-report.ts';

export interface ChainHead {
  readonly week: string;
  readonly sequence: number;
  readonly sha256: string;
}

/**
 * Finds the newest report of the chain in the bucket, because a database writer can change any row.
 * Reports before signatures count only with their row; the first signature then covers their hash.
 */
export async function findChainHead(
  { weeks }: Inventory,
  rows: readonly ReportRecord[],
  read: ReadVersion,
  publicKey: EvidencePublicKey,
): Promise<ChainHead | undefined> {
  let head: ChainHead | undefined;
  for (const [week, versions] of [...weeks].sort(([one], [other]) => (one < other ? 1 : -1))) {
    const found = await readReports(week, versions, read, publicKey);
    const candidates = found.filter((one) => isOfChain(one, rows)).map(toHead);
    head = [head, ...candidates].reduce(furthest, undefined);
    // Weeks are reported in order, but for weeks that were made up before version 2.
    if (head !== undefined && found.some(({ signature }) => signature !== undefined)) return head;
  }
  return head;
}

/** True for a signed report of its own week, and for an unsigned one that its row confirms. */
export const isOfChain = (
  { week, signature, document, sha256 }: FoundReport,
  rows: readonly ReportRecord[],
): boolean =>
  document?.week.monday === week &&
  (signature !== undefined ||
    rows.some(
      (row) =>
        row.signature === null && row.sha256 === sha256 && row.sequence === document.sequence,
    ));

const toHead = ({ week, sha256, document }: FoundReport): ChainHead => ({
  week,
  sha256,
  sequence: document?.sequence ?? 0,
});

const furthest = (one: ChainHead | undefined, other: ChainHead | undefined) =>
  (other?.sequence ?? 0) > (one?.sequence ?? 0) ? other : one;
