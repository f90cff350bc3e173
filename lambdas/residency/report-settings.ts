import type { Setting } from '../catalog/settings.ts';
import { parseRetentionDays } from '../retention/retention-days.ts';
import type { ReportSettings } from './report-residency.ts';

/** What the report has to be told of its stage; jobs/index.ts says it to the stack. */
export const reportSettings = [
  'STAGE',
  'COMPLIANCE_ADVISOR_EMAIL',
  'ALLOWED_REGIONS',
  'RETENTION_DAYS',
] as const satisfies readonly Setting[];

export function parseReportSettings(
  env: Readonly<Record<(typeof reportSettings)[number], string>>,
): ReportSettings {
  return {
    stage: env.STAGE,
    recipient: env.COMPLIANCE_ADVISOR_EMAIL,
    allowedRegions: env.ALLOWED_REGIONS.split(','),
    retentionDays: parseRetentionDays(env.RETENTION_DAYS),
  };
}
