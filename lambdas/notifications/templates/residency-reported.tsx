import type { ReactElement } from 'react';
import * as z from 'zod';
import { displayDate } from '../../platform/display/dates.ts';
import { formatCount, formatNumber } from '../../platform/display/numbers.ts';
import { oneLine } from './display-text.ts';
import { Command, Layout, Paragraph, Table } from './layout.tsx';
import type { Template } from './template.ts';

const verdict = z.enum(['allowed', 'violation', 'not established']);
type Verdict = z.infer<typeof verdict>;

const attachments = z.array(
  z.object({
    filename: z.string(),
    contentType: z.string(),
    content: z.string(),
    encoding: z.literal('base64').optional(),
  }),
);

const params = z.object({
  stage: z.string(),
  week: z.iso.date(),
  sequence: z.int(),
  sha256: z.string(),
  previousSha256: z.string().nullable(),
  publicKeySha256: z.string(),
  verdict,
  /** The verdict in one sentence, as in the report. */
  finding: z.string(),
  /** The origin of the regions in one sentence, as in the report. */
  basis: z.string(),
  rows: z.array(
    z.object({
      provider: z.string(),
      region: z.string(),
      basis: z.string(),
      verdict,
      assets: z.int(),
    }),
  ),
  attachments,
});

// Keeps the table readable; the attached report has all rows.
const ROWS = 30;

/** Weekly mail to the compliance advisor. */
export const residencyReported: Template<typeof params> = {
  params,
  compose(report) {
    const { stage, sequence, sha256, previousSha256, publicKeySha256, rows } = report;
    const week = `week of ${displayDate(report.week)}`;
    return {
      subject: `${stage}: residency report, ${week}: ${report.verdict}`,
      attachments: report.attachments,
      list: 'residency',
      body: (
        <Layout
          preview={report.finding}
          heading={`Residency report, ${week}`}
          reason="You receive this email as the compliance advisor in this stage’s settings."
        >
          <VerdictBox verdict={report.verdict}>{report.finding}</VerdictBox>
          <Paragraph>{report.basis}</Paragraph>
          <Table
            head={['Provider', 'Region', 'Basis', 'Verdict', 'Assets']}
            rows={rows
              .slice(0, ROWS)
              .map((row) => [
                oneLine(row.provider, 60) ?? '',
                oneLine(row.region, 60) ?? 'unknown',
                row.basis,
                row.verdict,
                formatNumber(row.assets),
              ])}
          />
          {rows.length > ROWS ? (
            <Paragraph>
              {`And ${formatCount(rows.length - ROWS, 'more row')} in the attached report.`}
            </Paragraph>
          ) : null}
          <Paragraph>
            The report is attached as PDF, HTML, CSV and JSON. The PDF is the one to print and file.
          </Paragraph>
          <Paragraph>
            {`This is report ${formatNumber(sequence)} of its chain. Keep this email: with the ` +
              'hashes below you can check that nobody has changed the evidence.'}
          </Paragraph>
          <Command>{`SHA-256 of report.json: ${sha256}`}</Command>
          <Command>
            {previousSha256 === null
              ? 'This is the first report.'
              : `Previous report: ${previousSha256}`}
          </Command>
          <Command>{`SHA-256 of the public key: ${publicKeySha256}`}</Command>
        </Layout>
      ),
    };
  },
};

/** Same colours as in the report. The dark text is readable in a dark theme too. */
const colours: Readonly<Record<Verdict, { readonly line: string; readonly back: string }>> = {
  allowed: { line: '#1c6b42', back: '#eef7f1' },
  violation: { line: '#b3261e', back: '#fdf1f0' },
  'not established': { line: '#8a5a00', back: '#fdf6e7' },
};

function VerdictBox(box: { readonly verdict: Verdict; readonly children: string }): ReactElement {
  const { line, back } = colours[box.verdict];
  return (
    <div
      style={{
        backgroundColor: back,
        borderLeft: `6px solid ${line}`,
        color: line,
        fontSize: 16,
        fontWeight: 600,
        lineHeight: '24px',
        margin: '0 0 16px',
        padding: '12px 16px',
      }}
    >
      {box.children}
    </div>
  );
}
