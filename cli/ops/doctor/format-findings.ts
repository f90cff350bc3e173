import { styleText } from 'node:util';
import type { Finding } from './finding.ts';

const marks = {
  ok: styleText('green', '✓'),
  problem: styleText('red', '✗'),
  skipped: styleText('yellow', '–'),
};

/** Formats one line for each check, and below each problem the line that repairs it. */
export function formatFindings(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ check, status, detail, fix }) => [
    `${marks[status]} ${styleText('bold', check)}: ${detail}`,
    ...(fix === undefined ? [] : [`    ${fix}`]),
  ]);
  return [...lines, '', summarize(findings)].join('\n');
}

export function summarize(findings: readonly Finding[]): string {
  const count = (status: Finding['status']) =>
    findings.filter((finding) => finding.status === status).length;
  const problems = count('problem');
  const notes = count('skipped') > 0 ? `, ${count('skipped')} skipped` : '';
  return problems === 0
    ? `No problem found in ${count('ok')} checks${notes}.`
    : `${problems} of ${findings.length} checks found a problem${notes}.`;
}
