import * as z from 'zod';
import { formatNumber } from '../../platform/display/numbers.ts';
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
    const headline = total === 1 ? 'An event waits' : `${formatNumber(total)} events wait`;
    return {
      subject: `${stage}: ${headline} for a repair of this system`,
      body: (
        <Layout
          preview="Nothing has to be replayed once the cause in this system is fixed."
          heading={`${headline} for a repair of this system`}
          reason="You receive this email as the reliability partner in this stage’s settings."
        >
          <Paragraph>
            The cause is in this system, its settings or its database, not in{' '}
            {total === 1 ? 'the event' : 'the events'}. Five redrives have failed.{' '}
            {total === 1 ? 'The event' : 'Each event'} is retried every five minutes, and applied
            once the cause is fixed. Nothing has to be replayed. This email is sent once for each
            error code.
          </Paragraph>
          <Table
            head={['Provider', 'Events', 'Oldest', 'Error']}
            rows={faults.map(({ providers, events, oldest, error }) => [
              oneLine(providers, 100) ?? '',
              formatNumber(events),
              oldest,
              oneLine(error, 300) ?? '',
            ])}
          />
          <Paragraph>
            {faults.length === 1 ? 'This command lists' : 'These commands list'} what waits:
          </Paragraph>
          {faults.map(({ listCommand }) => (
            <Command key={listCommand}>{listCommand}</Command>
          ))}
        </Layout>
      ),
    };
  },
};
