import { mondaysBetween } from '../reported-week.ts';
import type { EvidenceFinding, VerifiedReport } from './verification.ts';

/** Verifies that each report follows the one before it, without a gap. */
export function verifyChain(reports: readonly VerifiedReport[]): readonly EvidenceFinding[] {
  const ordered = reports.toSorted((a, b) => a.sequence - b.sequence || (a.week < b.week ? -1 : 1));
  const signedFrom = ordered.find(({ isSigned }) => isSigned);
  return ordered.flatMap((report, index) => {
    const previous = ordered[index - 1];
    return [
      ...checkSequence(report, previous),
      ...checkLink(report, previous),
      ...checkOrder(report, previous),
      ...(signedFrom !== undefined && !report.isSigned && report.sequence > signedFrom.sequence
        ? [
            'report.json has no valid signature, but reports are signed since the week of ' +
              `${signedFrom.week}.`,
          ]
        : []),
    ].map((problem) => ({ week: report.week, problem }));
  });
}

type Previous = VerifiedReport | undefined;

function checkSequence({ sequence }: VerifiedReport, previous: Previous): readonly string[] {
  const expected = (previous?.sequence ?? 0) + 1;
  if (sequence === expected) return [];
  if (previous !== undefined && sequence === previous.sequence)
    return [`The week of ${previous.week} has the same sequence number, ${sequence}.`];
  return [
    `The sequence number is ${sequence}, but ${expected} was expected: ` +
      `reports missing before it: ${sequence - expected}.`,
  ];
}

function checkLink({ previous: link }: VerifiedReport, previous: Previous): readonly string[] {
  if ((link?.sha256 ?? null) === (previous?.sha256 ?? null)) return [];
  const named = link === null ? 'no previous report' : `${link.sha256} of the week of ${link.week}`;
  const found =
    previous === undefined ? 'there is none' : `${previous.sha256} of the week of ${previous.week}`;
  return [`report.json names ${named} as the previous report, but ${found}.`];
}

function checkOrder({ storedAt }: VerifiedReport, previous: Previous): readonly string[] {
  if (storedAt === undefined || previous?.storedAt === undefined) return [];
  if (storedAt >= previous.storedAt) return [];
  return [
    `report.json was stored at ${storedAt.toISOString()}, before the report that it follows: ` +
      `week of ${previous.week}, ${previous.storedAt.toISOString()}.`,
  ];
}

/** Lists the weeks without a report, from the first report to the week that must be reported. */
export function missingWeeks(
  reports: readonly Pick<VerifiedReport, 'week'>[],
  lastDue: string,
): readonly EvidenceFinding[] {
  const weeks = new Set(reports.map(({ week }) => week));
  const first = [...weeks].sort()[0];
  if (first === undefined) return [];
  return mondaysBetween(first, lastDue)
    .filter((week) => !weeks.has(week))
    .map((week) => ({
      week,
      problem:
        'The bucket has no report of this week. The next run of report-residency makes it up.',
    }));
}
