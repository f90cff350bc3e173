import * as z from 'zod';
import { sydneyTime } from '../../platform/sydney-time.ts';
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

/** To the reliability partner, once a week for as long as it is so. */
export const secretsDue: Template<typeof params> = {
  params,
  compose({ stage, secrets }) {
    const what =
      secrets.length === 1 ? 'A signing secret is' : `${secrets.length} signing secrets are`;
    return {
      subject: `${stage}: ${what} due to be rotated`,
      body: (
        <Layout
          preview="Rotating takes a command and some patience, and loses no delivery."
          heading={`${what} due to be rotated`}
          reason="You get this mail because you are named as reliability partner in the stage's settings."
        >
          <Paragraph>
            Whoever has a signing secret can write events of its provider. Rotating it loses no
            delivery: the one before it stays valid until nothing is signed with it any more.
          </Paragraph>
          <Table
            head={['Provider', 'Age', 'Since', 'On call is woken']}
            rows={secrets.map(({ provider, overdue, ageDays, rotatedAt, alarmAt }) => [
              oneLine(provider, 60) ?? '',
              `${ageDays} days`,
              sydneyTime(rotatedAt),
              overdue ? 'now' : sydneyTime(alarmAt),
            ])}
          />
          <Paragraph>
            Each of these says what it does next, and may be repeated at any time:
          </Paragraph>
          {secrets.map(({ command }) => (
            <Command key={command}>{command}</Command>
          ))}
        </Layout>
      ),
    };
  },
};
