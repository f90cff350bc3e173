import * as z from 'zod';
import { oneLine } from './display-text.ts';
import { Command, Layout, Paragraph, Table } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  stage: z.string(),
  total: z.int(),
  faults: z.array(
    z.object({
      providers: z.string(),
      events: z.int(),
      oldest: z.string(),
      error: z.string(),
      listCommand: z.string(),
    }),
  ),
});

/** Mail to the reliability partner about events that wait until this system is repaired. */
export const webhooksWaiting: Template<typeof params> = {
  params,
  compose({ stage, total, faults }) {
    const headline = total === 1 ? 'A webhook waits' : `${total} webhooks wait`;
    return {
      subject: `${stage}: ${headline} for a repair of this system`,
      body: (
        <Layout
          preview="The cause is not in the events. They are applied once the cause is fixed."
          heading={`${headline} for a repair of this system`}
          reason="You receive this mail as the reliability partner in this stage’s settings."
        >
          <Paragraph>
            The cause is not in the events but in this system, its settings or its database. Five
            redrives have failed. The events stay in retry every five minutes and are applied once
            the cause is fixed. Nothing has to be replayed. This mail is sent once for each error
            code while events wait for it.
          </Paragraph>
          <Table
            head={['Provider', 'Events', 'Oldest', 'Error']}
            rows={faults.map(({ providers, events, oldest, error }) => [
              oneLine(providers, 100) ?? '',
              String(events),
              oldest,
              oneLine(error, 300) ?? '',
            ])}
          />
          <Paragraph>These commands list the events:</Paragraph>
          {faults.map(({ listCommand }) => (
            <Command key={listCommand}>{listCommand}</Command>
          ))}
        </Layout>
      ),
    };
  },
};
