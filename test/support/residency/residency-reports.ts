import { makeReportResidency } from '../../../lambdas/residency/report-residency.ts';
import { findReports } from '../../../lambdas/residency/residency-reports.queries.ts';
import { verifyResidencyChain } from '../../../lambdas/residency/verify-report-chain.ts';
import type { useDatabase } from '../postgres/database.ts';
import type { TestBucket } from './evidence.ts';

/** Monday 07:00 in Sydney, when the report of the week of 2026-11-16 is due. */
export const monday = new Date('2026-11-22T20:00:00Z');
export const weeksLater = (weeks: number) => new Date(monday.getTime() + weeks * 7 * 86_400_000);
export const dueAt = (scheduledAt: Date) => ({ scheduledAt, remainingMs: () => 300_000 });

const options = {
  stage: 'dev',
  recipient: 'compliance@example.org',
  allowedRegions: ['ap-southeast-2'],
  retentionDays: { webhookBodies: 90, webhookEvents: 400 },
};

/** Runs report-residency on the database of the test, and reads and verifies its reports. */
export function residencyReportsOn(database: ReturnType<typeof useDatabase>) {
  return {
    reporter: (bucket: TestBucket, now = monday) =>
      makeReportResidency({
        pool: async () => database.pool,
        bucket,
        options,
        now: () => now,
      }),
    verify: async (bucket: TestBucket) =>
      verifyResidencyChain(await findReports(database.pool), ({ key, versionId }) =>
        bucket.get(key, versionId),
      ),
    /** Returns the parsed report.json of a report, by its position in the chain. */
    documentOf: async (bucket: TestBucket, index = 0) => {
      const report = (await findReports(database.pool))[index];
      const file = report?.files.find(({ name }) => name === 'report.json');
      const content = file && (await bucket.get(file.key, file.versionId));
      return JSON.parse(Buffer.from(content ?? '').toString());
    },
    clear: () =>
      database.pool.query(`
        truncate portal.assets, portal.residency_reports, portal.notifications, portal.outbox,
                 portal.webhook_events cascade`),
  };
}
