import type { Setting } from '../catalog/settings.ts';
import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import { insertNotifications } from '../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { EvidenceBucket } from '../platform/aws/evidence-bucket.ts';
import type { Clock } from '../platform/clock.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import { sha256 } from '../platform/evidence-signature.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { parseRetentionDays } from '../retention/retention-days.ts';
import { composeDocuments, type Documents } from './documents.ts';
import { composeReportMessages } from './report-messages.ts';
import { type ReportedWeek, reportedWeek } from './reported-week.ts';
import { countStoredBodies, readStorage } from './residency.queries.ts';
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
  readonly options: ReportOptions;
  readonly now: Clock;
}

export interface ReportOptions {
  readonly stage: string;
  /** Mail address of the compliance advisor. */
  readonly recipient: string;
  readonly allowedRegions: readonly string[];
  readonly retentionDays: ResidencyFacts['retentionDays'];
}

/** Settings of the stage that the report needs; catalog/jobs.ts grants them to the job. */
export const reportSettings = [
  'STAGE',
  'COMPLIANCE_ADVISOR_EMAIL',
  'ALLOWED_REGIONS',
  'RETENTION_DAYS',
] as const satisfies readonly Setting[];

export function parseReportOptions(
  env: Readonly<Record<(typeof reportSettings)[number], string>>,
): ReportOptions {
  return {
    stage: env.STAGE,
    recipient: env.COMPLIANCE_ADVISOR_EMAIL,
    allowedRegions: env.ALLOWED_REGIONS.split(','),
    retentionDays: parseRetentionDays(env.RETENTION_DAYS),
  };
}

const MISPLACED_ASSETS_IN_REPORT = 1_000;

/**
 * Reports the last completed week once. The report's row names the object versions that are the
 * evidence. Of two concurrent runs one inserts the row, and the other run's objects are unused.
 */
export function makeReportResidency(deps: ReportResidencyDeps) {
  return async function reportResidency({ scheduledAt }: RunningJob): Promise<JobCounts> {
    const { pool, bucket, options } = deps;
    const week = reportedWeek(scheduledAt);
    if (await findReport(await pool(), week.monday)) return { ReportsMade: 0 };
    const facts = await readFacts(deps, week);
    const documents = composeDocuments(facts);
    const report = await storeDocuments(bucket, facts, documents);
    const { recipient } = options;
    const inserted = await inTransaction(await pool(), async (tx) => {
      if (!(await insertReport(tx, report))) return false;
      const messages = composeReportMessages({ report, facts, documents, recipient });
      tx.deferUntilCommit(
        Promise.all([
          insertNotifications(tx, [messages.notification]),
          insertOutboxEntries(tx, messages.outbox),
        ]),
      );
      return true;
    });
    if (!inserted && !(await findReport(await pool(), week.monday)))
      throw new ChainMovedError(week.monday);
    return {
      ReportsMade: Number(inserted),
      AssetsReported: report.assets,
      ResidencyViolations: report.violations,
    };
  };
}

/** Reports that another week's report has used the sequence number. A retry uses the next one. */
export class ChainMovedError extends Error {
  readonly code = 'chain-moved';

  constructor(week: string) {
    super(`Another report was added to the chain during the report of ${week}. Run the job again.`);
    this.name = 'ChainMovedError';
  }
}

async function readFacts(
  { pool, options, now }: ReportResidencyDeps,
  week: ReportedWeek,
): Promise<ResidencyFacts> {
  const db = await pool();
  const { stage, allowedRegions, retentionDays } = options;
  const { groups, misplaced } = await readStorage(db, {
    from: week.from,
    to: week.to,
    allowedRegions,
    limit: MISPLACED_ASSETS_IN_REPORT,
  });
  const [storedBodies, newest] = await Promise.all([countStoredBodies(db), findNewestReport(db)]);
  return {
    stage,
    sequence: (newest?.sequence ?? 0) + 1,
    week,
    generatedAt: now(),
    previous: newest === undefined ? null : { week: newest.week, sha256: newest.sha256 },
    ...summarize(groups, allowedRegions),
    allowedRegions,
    misplaced,
    storedBodies,
    retentionDays,
  };
}

const contentTypes = {
  'report.json': 'application/json',
  'report.csv': 'text/csv; charset=utf-8',
  'report.html': 'text/html; charset=utf-8',
} as const;

async function storeDocuments(
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
    sequence,
    week: week.monday,
    generatedAt,
    bucket: bucket.name,
    files,
    sha256: sha256(json),
    previousSha256: previous?.sha256 ?? null,
    assets: totals.assets,
    violations: totals.violations,
  };
}
