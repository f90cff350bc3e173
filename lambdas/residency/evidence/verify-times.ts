import { weekOf } from '../reported-week.ts';

// The job's timeout is 5 minutes. The rest is the difference of the clocks of Lambda and S3.
const MAX_APART_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

/** Compares the content of report.json with the time of its upload, which no caller can choose. */
export function checkStorageTime(week: string, generatedAt: Date, storedAt: Date | undefined) {
  if (storedAt === undefined) return { problems: [], notes: [] };
  const { to } = weekOf(week);
  const problems: string[] = [];
  const key = `residency/${week}/report.json`;
  if (storedAt < to)
    problems.push(
      `${key} was stored at ${storedAt.toISOString()}, before its week ended at ` +
        `${to.toISOString()}.`,
    );
  if (Math.abs(storedAt.getTime() - generatedAt.getTime()) > MAX_APART_MS)
    problems.push(
      `${key} was stored at ${storedAt.toISOString()}, but says that it was generated at ` +
        `${generatedAt.toISOString()}: the report is backdated.`,
    );
  const daysLate = Math.floor((storedAt.getTime() - to.getTime()) / DAY_MS);
  const notes = daysLate < 7 ? [] : [`The report was written ${daysLate} days after its week.`];
  return { problems, notes };
}
