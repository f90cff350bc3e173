import type { JobCounts, RunningJob } from '../../jobs/run-job.ts';
import {
  listSuppressedAddresses,
  lockAddresses,
  type SuppressedAddress,
  type SuppressionReason,
  updateAddresses,
} from '../../notifications/email-suppressions.queries.ts';
import { insertNotifications } from '../../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../../outbox/outbox.queries.ts';
import { chunksOf } from '../../platform/chunks.ts';
import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { applyReport, type ListReport, source } from './address-state.ts';
import { announce, type Contacts } from './effects.ts';
import type { SuppressionRule } from './suppression.ts';
import type { ListedAddress, ResendSuppressions } from './suppressions-api.ts';

export interface CompareSuppressionsDeps {
  readonly pool: GetPool;
  readonly suppressions: Pick<ResendSuppressions, 'list'>;
  readonly rule: SuppressionRule;
  readonly contacts: Contacts;
  readonly now: Clock;
}

/** One address about which the two lists disagree, with the state of Resend's list. */
export interface Difference {
  readonly address: string;
  readonly isListed: boolean;
  readonly reason: SuppressionReason;
  /** False if both lists contain the address, and the portal did not know that Resend's does. */
  readonly isVisible: boolean;
}

const CHUNK = 100;

/**
 * Repairs the portal's list by Resend's, which decides which mails are tried. Reports each
 * difference as of the time before the first page was read, so a later event or lift wins.
 */
export function makeCompareSuppressions(deps: CompareSuppressionsDeps) {
  return async function compareSuppressions(job: RunningJob): Promise<JobCounts> {
    const readAt = deps.now();
    const theirs = await deps.suppressions.list();
    const differences = compareLists(theirs, await listSuppressedAddresses(await deps.pool()));
    const counts = { AddressesSuppressed: 0, AddressesLifted: 0 };
    for (const chunk of chunksOf(differences, CHUNK)) {
      if (job.remainingMs() <= 0) break;
      const repaired = await repair(deps, chunk, { job, readAt });
      counts.AddressesSuppressed += repaired.suppressed;
      counts.AddressesLifted += repaired.lifted;
    }
    const visible = differences.filter(({ isVisible }) => isVisible);
    if (visible.length > 0)
      log.warn('Suppression lists differ', { differences: visible.length, ...counts });
    return { SuppressionDifferences: visible.length, ...counts };
  };
}

/**
 * Compares the two lists. An address that only the portal's rule suppresses is no difference:
 * Resend does not suppress for transient bounces.
 */
export function compareLists(
  theirs: readonly ListedAddress[],
  ours: readonly SuppressedAddress[],
): readonly Difference[] {
  const known = new Map(ours.map((entry) => [entry.address, entry]));
  const listed = new Set(theirs.map(({ address }) => address));
  const missingHere = theirs
    .filter(({ address }) => known.get(address)?.listed !== true)
    .map(({ address, reason }) => ({
      address,
      isListed: true,
      reason,
      isVisible: !known.has(address),
    }));
  const missingThere = ours
    .filter((entry) => entry.listed && !listed.has(entry.address))
    .map(({ address }) => ({
      address,
      isListed: false,
      reason: 'manual' as const,
      isVisible: true,
    }));
  return [...missingHere, ...missingThere];
}

async function repair(
  { pool, rule, contacts, now }: CompareSuppressionsDeps,
  differences: readonly Difference[],
  { job, readAt }: { readonly job: RunningJob; readonly readAt: Date },
): Promise<{ readonly suppressed: number; readonly lifted: number }> {
  const reports = new Map(differences.map((difference) => [difference.address, difference]));
  const eventId = `compare-suppressions ${job.scheduledAt.toISOString()}`;
  const recordedAt = now();
  return inTransaction(await pool(), async (tx) => {
    const records = await lockAddresses(tx, [...reports.keys()]);
    const changes = records.flatMap((record) => {
      const difference = reports.get(record.address);
      if (difference === undefined) return [];
      const report: ListReport = { ...difference, at: readAt, eventId, recordedAt };
      return { before: record, ...applyReport(record, report, rule) };
    });
    const changed = changes.filter(({ isChanged }) => isChanged);
    const suppressions = changed.flatMap(({ suppression }) => suppression ?? []);
    const { notifications, outbox } = announce(suppressions, {
      origin: { source, eventId, occurredAt: readAt },
      contacts,
      lastAnswer: null,
      isOperational: false,
      now: recordedAt,
    });
    tx.deferUntilCommit(
      Promise.all([
        updateAddresses(
          tx,
          changed.map(({ record }) => record),
          suppressions,
        ),
        insertNotifications(tx, notifications),
        insertOutboxEntries(tx, outbox),
      ]),
    );
    const lifted = changed.filter(({ before, record }) => before.suppressed && !record.suppressed);
    return { suppressed: suppressions.length, lifted: lifted.length };
  });
}
