import type { Setting } from '../catalog/settings.ts';
import type { Clock } from '../platform/clock.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { parseRetentionDays } from '../retention/retention-days.ts';
import type { ReportedWeek } from './reported-week.ts';
import { countStoredBodies, readStorage } from './residency.queries.ts';
import type { ResidencyFigures } from './residency-facts.ts';
import { summarize } from './summarize.ts';

export interface ReportOptions {
  readonly stage: string;
  /** Mail address of the compliance advisor. */
  readonly recipient: string;
  readonly allowedRegions: readonly string[];
  readonly retentionDays: ResidencyFigures['retentionDays'];
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

export interface ReadFiguresDeps {
  readonly pool: GetPool;
  readonly options: ReportOptions;
  readonly now: Clock;
}

/** Reads the figures of one week. Those of a past week are the present ones. */
export async function readFigures(
  { pool, options, now }: ReadFiguresDeps,
  week: ReportedWeek,
): Promise<ResidencyFigures> {
  const db = await pool();
  const { stage, allowedRegions, retentionDays } = options;
  const { groups, misplaced, declarations } = await readStorage(db, {
    from: week.from,
    to: week.to,
    allowedRegions,
    limit: MISPLACED_ASSETS_IN_REPORT,
  });
  const storedBodies = await countStoredBodies(db);
  const generatedAt = now();
  return {
    stage,
    week,
    generatedAt,
    ...summarize(groups, allowedRegions),
    allowedRegions,
    declarations,
    misplaced,
    storedBodies,
    retentionDays,
  };
}
