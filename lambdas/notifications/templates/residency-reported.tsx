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

// A table that a person reads; the report has the rest.
const ROWS = 30;

/** To the compliance advisor, once a week. */
export const residencyReported: Template<typeof params> = {
  params,
  compose({ stage, week, sequence, sha256, previousSha256, totals, rows, attachments }) {
    const { violations } = totals;
    const verdict =
      violations === 0 ? 'no violations' : `${violations} outside the allowed regions`;
    return {
      subject: `${stage}: residency report, week of ${week}: ${verdict}`,
      attachments,
      body: (
        <Layout
          preview={`${totals.assets} assets; ${totals.notReported} whose provider reports no region.`}
          heading={`Residency report, week of ${week}`}
          reason="You get this mail because you are named as compliance advisor in the stage's settings."
        >
          <Paragraph>
            {`Of ${totals.assets} assets, ${totals.allowed} are in the allowed regions, ${violations} outside, and of ${totals.notReported} the provider does not report a region. The report is attached; open the HTML file to read or print it.`}
          </Paragraph>
          <Table
            head={['Provider', 'Region', 'Standing', 'Assets']}
            rows={rows
              .slice(0, ROWS)
              .map(({ provider, region, standing, assets }) => [
                oneLine(provider, 60) ?? '',
                oneLine(region, 60) ?? 'not reported by the provider',
                standing.replace('-', ' '),
                String(assets),
              ])}
          />
          <Paragraph>{`Report ${sequence} of its chain. Keep this mail: its hash shows whether the evidence is still what it was.`}</Paragraph>
          <Command>{`SHA-256 ${sha256}`}</Command>
          <Command>
            {previousSha256 === null ? 'the first report' : `after ${previousSha256}`}
          </Command>
        </Layout>
      ),
    };
  },
};
