import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import { insertNotifications } from '../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { EvidenceBucket } from '../platform/aws/evidence-bucket.ts';
import type { Clock } from '../platform/clock.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { GetPool } from '../platform/postgres/idempotency.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { composeDocuments, type Documents, sha256 } from './documents.ts';
import { tellOfReport } from './report-mail.ts';
import { type ReportedWeek, reportedWeek } from './reported-week.ts';
import { countHeldBodies, readStorage } from './residency.queries.ts';
import type { ResidencyFacts } from './residency-facts.ts';
import {
  findNewestReport,
  findReport,
  insertReport,
  type ReportRecord,
} from './residency-reports.queries.ts';
import { summarize } from './summarize.ts';

export interface ReportResidencyDeps {
  readonly pool: GetPool;
  readonly bucket: EvidenceBucket;
  readonly settings: ReportSettings;
  readonly now: Clock;
}

export interface ReportSettings {
  readonly stage: string;
  /** The compliance advisor. */
  readonly recipient: string;
  readonly allowedRegions: readonly string[];
  readonly retentionDays: ResidencyFacts['retentionDays'];
}

const MISPLACED_IN_REPORT = 1_000;

/**
 * One report for the last week that is over. The row decides which versions in the bucket are the evidence: of two runs
 * one gets it, and what the other has put there belongs to nothing.
 */
export function makeReportResidency(deps: ReportResidencyDeps) {
  return async function reportResidency({ scheduledAt }: RunningJob): Promise<JobCounts> {
    const { pool, bucket } = deps;
    const week = reportedWeek(scheduledAt);
    if (await findReport(await pool(), week.monday)) return { ReportsMade: 0 };
    const facts = await gather(deps, week);
    const documents = composeDocuments(facts);
    const report = await keep(bucket, facts, documents);
    const made = await inTransaction(await pool(), async (tx) => {
      if (!(await insertReport(tx, report))) return false;
      const { notification, outbox } = tellOfReport({
        report,
        facts,
        documents,
        recipient: deps.settings.recipient,
      });
      tx.deferUntilCommit(
        Promise.all([insertNotifications(tx, [notification]), insertOutboxEntries(tx, outbox)]),
      );
      return true;
    });
    if (!made && !(await findReport(await pool(), week.monday)))
      throw new ChainMovedError(week.monday);
    return {
      ReportsMade: Number(made),
      AssetsReported: report.assets,
      ResidencyViolations: report.violations,
    };
  };
}

/** The report of another week took this one's place in the chain; another attempt comes after it. */
export class ChainMovedError extends Error {
  readonly code = 'chain-moved';

  constructor(week: string) {
    super(
      `Another report was made while that of ${week} was; it is to be made again, to follow that one.`,
    );
    this.name = 'ChainMovedError';
  }
}

async function gather(
  { pool, settings, now }: ReportResidencyDeps,
  week: ReportedWeek,
): Promise<ResidencyFacts> {
  const db = await pool();
  const { stage, allowedRegions, retentionDays } = settings;
  const selection = { from: week.from, to: week.to, allowedRegions, limit: MISPLACED_IN_REPORT };
  const { groups, misplaced } = await readStorage(db, selection);
  const [bodies, newest] = await Promise.all([countHeldBodies(db), findNewestReport(db)]);
  const previous = newest === undefined ? null : { week: newest.week, sha256: newest.sha256 };
  const position = {
    stage,
    sequence: (newest?.sequence ?? 0) + 1,
    week,
    generatedAt: now(),
    previous,
  };
  return {
    ...position,
    ...summarize(groups, allowedRegions),
    allowedRegions,
    misplaced,
    bodies,
    retentionDays,
  };
}

const contentTypes = {
  'report.json': 'application/json',
  'report.csv': 'text/csv; charset=utf-8',
  'report.html': 'text/html; charset=utf-8',
} as const;

async function keep(
  bucket: EvidenceBucket,
  facts: ResidencyFacts,
  { json, csv, html }: Documents,
): Promise<ReportRecord> {
  const { week, sequence, generatedAt, previous, totals } = facts;
  const contents = { 'report.json': json, 'report.csv': csv, 'report.html': html };
  const files = await Promise.all(
    (['report.json', 'report.csv', 'report.html'] as const).map(async (name) => {
      const content = contents[name];
      const file = { name, key: `residency/${week.monday}/${name}`, sha256: sha256(content) };
      const versionId = await bucket.put({ ...file, content, contentType: contentTypes[name] });
      return { ...file, versionId, bytes: Buffer.byteLength(content) };
    }),
  );
  return {
    id: deterministicUuid('residency-report', facts.stage, week.monday),
    ...{
      sequence,
      week: week.monday,
      generatedAt,
      bucket: bucket.name,
      files,
      sha256: sha256(json),
    },
    ...{
      previousSha256: previous?.sha256 ?? null,
      assets: totals.assets,
      violations: totals.violations,
    },
  };
}
