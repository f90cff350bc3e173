import { verifyEvidence } from '../../../lambdas/residency/evidence/verify-evidence.ts';
import { makeReportResidency } from '../../../lambdas/residency/report-residency.ts';
import { findReports } from '../../../lambdas/residency/residency-reports.queries.ts';
import type { useDatabase } from '../postgres/database.ts';
import type { TestBucket } from './evidence.ts';
import { aSigningKey } from './signing-key.ts';

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
  const key = aSigningKey();
  return {
    key,
    reporter: (bucket: TestBucket, now = monday) => {
      bucket.now = now;
      return makeReportResidency({
        pool: async () => database.pool,
        bucket,
        signer: key.signer,
        publicKey: async () => key.publicKey,
        options,
        now: () => now,
      });
    },
    /** Verifies the chain a day after the report of the given number of weeks was due. */
    verify: async (bucket: TestBucket, weeks = 0) =>
      verifyEvidence({
        rows: await findReports(database.pool),
        versions: await bucket.listVersions('residency/'),
        read: ({ key: name, versionId }) => bucket.get(name, versionId),
        publicKey: key.publicKey,
        now: new Date(weeksLater(weeks).getTime() + 30 * 3_600_000),
      }),
    /** Returns the parsed report.json of a report, by its position in the chain. */
    documentOf: async (bucket: TestBucket, index = 0) => {
      const report = (await findReports(database.pool))[index];
      const file = report?.files.find(({ name }) => name === 'report.json');
      const content = file && (await bucket.get(file.key, file.versionId));
      return JSON.parse(Buffer.from(content ?? '').toString());
    },
    clear: async () => {
      // Declarations are append-only, for the owner of the table too.
      await database.pool.query(`
        alter table portal.region_declarations disable trigger region_declarations_append_only;
        truncate portal.assets, portal.residency_reports, portal.notifications, portal.outbox,
                 portal.webhook_events, portal.region_declarations cascade;
        alter table portal.region_declarations enable trigger region_declarations_append_only`);
    },
  };
}
