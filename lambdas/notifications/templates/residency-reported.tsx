import * as z from 'zod';
import { oneLine } from './display-text.ts';
import { Command, Layout, Paragraph, Table } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  stage: z.string(),
  week: z.iso.date(),
  sequence: z.int(),
  sha256: z.string(),
  previousSha256: z.string().nullable(),
  totals: z.object({
    assets: z.int(),
    allowed: z.int(),
    violations: z.int(),
    notReported: z.int(),
  }),
  rows: z.array(
    z.object({
      provider: z.string(),
      region: z.string().nullable(),
      standing: z.string(),
      assets: z.int(),
    }),
  ),
  attachments: z.array(
    z.object({ filename: z.string(), contentType: z.string(), content: z.string() }),
  ),
});

// Keeps the table readable; the attached report has all rows.
const ROWS = 30;

/** Weekly mail to the compliance advisor. */
export const residencyReported: Template<typeof params> = {
  params,
  compose({ stage, week, sequence, sha256, previousSha256, totals, rows, attachments }) {
    const { violations } = totals;
    const summary =
      violations === 0 ? 'no violations' : `${violations} outside the allowed regions`;
    return {
      subject: `${stage}: residency report, week of ${week}: ${summary}`,
      attachments,
      list: 'residency',
      body: (
        <Layout
          preview={`${totals.assets} assets, ${totals.notReported} without a reported region.`}
          heading={`Residency report, week of ${week}`}
          reason="You receive this mail as the compliance advisor in this stage’s settings."
        >
          <Paragraph>
            {`Of ${totals.assets} assets, ${totals.allowed} are inside the allowed regions and ` +
              `${violations} are outside. For ${totals.notReported} the provider does not report ` +
              'a region. The report is attached. Open the HTML file to read or print the report.'}
          </Paragraph>
          <Table
            head={['Provider', 'Region', 'Status', 'Assets']}
            rows={rows
              .slice(0, ROWS)
              .map(({ provider, region, standing, assets }) => [
                oneLine(provider, 60) ?? '',
                oneLine(region, 60) ?? 'not reported by the provider',
                standing.replace('-', ' '),
                String(assets),
              ])}
          />
          <Paragraph>
            {`This is report ${sequence} of its chain. Keep this mail: with the hashes below you ` +
              'can check that nobody has changed the evidence.'}
          </Paragraph>
          <Command>{`SHA-256 ${sha256}`}</Command>
          <Command>
            {previousSha256 === null
              ? 'This is the first report.'
              : `Previous report: ${previousSha256}`}
          </Command>
        </Layout>
      ),
    };
  },
};
