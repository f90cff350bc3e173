import * as z from 'zod';
import { sydneyTime } from '../../platform/display/dates.ts';
import { formatCount, formatNumber } from '../../platform/display/numbers.ts';
import { oneLine } from './display-text.ts';
import { Command, Layout, Paragraph, Table } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  stage: z.string(),
  secrets: z.array(
    z.object({
      provider: z.string(),
      overdue: z.boolean(),
      ageDays: z.int(),
      rotatedAt: z.iso.datetime(),
      alarmAt: z.iso.datetime(),
      command: z.string(),
    }),
  ),
});

/** Weekly mail to the reliability partner while a signing secret is due for rotation. */
export const secretsDue: Template<typeof params> = {
  params,
  compose({ stage, secrets }) {
    const subject =
      secrets.length === 1
        ? 'A signing secret is'
        : `${formatNumber(secrets.length)} signing secrets are`;
    return {
      subject: `${stage}: ${subject} due to be rotated`,
      list: 'secrets',
      body: (
        <Layout
          preview="The rotation takes a few commands and loses no delivery."
          heading={`${subject} due to be rotated`}
          reason="You receive this email as the reliability partner in this stage’s settings."
        >
          <Paragraph>
            Anyone who has a signing secret can forge events of that provider. A rotation loses no
            delivery: the previous secret stays valid until the provider stops using it.
          </Paragraph>
          <Table
            head={['Provider', 'Age', 'Created', 'On-call alarm']}
            rows={secrets.map(({ provider, overdue, ageDays, rotatedAt, alarmAt }) => [
              oneLine(provider, 60) ?? '',
              formatCount(ageDays, 'day'),
              sydneyTime(rotatedAt),
              overdue ? 'now' : sydneyTime(alarmAt),
            ])}
          />
          <Paragraph>
            {secrets.length === 1
              ? 'Run this command in the project’s folder. It prints the next step and can be ' +
                'repeated at any time:'
              : 'Run these commands in the project’s folder. Each command prints the next step ' +
                'and can be repeated at any time:'}
          </Paragraph>
          {secrets.map(({ command }) => (
            <Command key={command}>{command}</Command>
          ))}
        </Layout>
      ),
    };
  },
};
