import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { evidencePrefix } from './evidence/evidence-files.ts';
import { takeInventory } from './evidence/inventory.ts';
import { type ReportWeekDeps, reportWeek } from './report-week.ts';
import { mondaysBetween, reportedWeek } from './reported-week.ts';
import { findReports } from './residency-reports.queries.ts';

/**
 * Reports the last completed week, and before it every week that an earlier run missed, oldest
 * first. The report's row names the object versions that are the evidence.
 */
export function makeReportResidency(deps: ReportWeekDeps) {
  return async function reportResidency({ scheduledAt, remainingMs }: RunningJob) {
    const { monday } = reportedWeek(scheduledAt);
    const missing = await findMissingWeeks(await deps.pool(), deps, monday);
    let counts: Counts = { ReportsMade: 0 };
    for (const [index, week] of missing.entries()) {
      if (remainingMs() <= 0) return { ...counts, WeeksRemaining: missing.length - index };
      const report = await reportWeek(deps, week);
      if (report !== undefined)
        counts = {
          ReportsMade: counts.ReportsMade + 1,
          AssetsReported: report.assets,
          ResidencyViolations: report.violations,
          RegionsNotEstablished: report.notEstablished ?? 0,
        };
    }
    return counts;
  };
}

type Counts = JobCounts & { readonly ReportsMade: number };

/**
 * Returns the weeks without a report, from the first report to the week that is due. The bucket
 * counts too, so that an emptied table does not start a new chain.
 */
async function findMissingWeeks(
  db: Queryable,
  { bucket }: Pick<ReportWeekDeps, 'bucket'>,
  due: string,
): Promise<readonly string[]> {
  const rows = await findReports(db);
  const { weeks } = takeInventory(await bucket.listVersions(evidencePrefix));
  const inBucket = [...weeks].flatMap(([week, files]) =>
    files['report.json'] === undefined ? [] : [week],
  );
  const known = [...inBucket, ...rows.map(({ week }) => week)].sort();
  const reported = new Set(rows.map(({ week }) => week));
  // A run may have ended before it wrote the row of its report. An older report without a row is a
  // finding of `residency verify`.
  const continued = [due, inBucket.toSorted().at(-1)];
  return mondaysBetween(known[0] ?? due, due).filter(
    (week) => !reported.has(week) && (!inBucket.includes(week) || continued.includes(week)),
  );
}
