import * as z from 'zod';
import { oneLine } from './display-text.ts';
import { Command, Layout, Paragraph, Table } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  stage: z.string(),
  total: z.int(),
  listCommand: z.string(),
  events: z.array(
    z.object({
      provider: z.string(),
      type: z.string(),
      eventId: z.string(),
      age: z.string(),
      error: z.string(),
      replayCommand: z.string(),
    }),
  ),
});

/** Mail to the reliability partner after a run that found exhausted events. */
export const webhooksExhausted: Template<typeof params> = {
  params,
  compose({ stage, total, listCommand, events }) {
    const headline = total === 1 ? 'A webhook' : `${total} webhooks`;
    return {
      subject: `${stage}: ${headline} failed permanently`,
      body: (
        <Layout
          preview="No retries are left. The events wait until you replay them."
          heading={`${headline} failed permanently`}
          reason="You receive this mail as the reliability partner in this stage's settings."
        >
          <Paragraph>No retries are left. The events stay stored until you replay them.</Paragraph>
          <Table
            head={['Event', 'Age', 'Error']}
            rows={events.map(({ provider, type, eventId, age, error }) => [
              oneLine(`${provider} ${type} ${eventId}`, 300) ?? '',
              age,
              oneLine(error, 300) ?? '',
            ])}
          />
          <Paragraph>Fix the cause first. Then replay the events with these commands:</Paragraph>
          {events.map(({ replayCommand }) => (
            <Command key={replayCommand}>{replayCommand}</Command>
          ))}
          <Paragraph>
            {total > events.length
              ? `And ${total - events.length} more. This command lists all of them:`
              : 'This command lists all of them:'}
          </Paragraph>
          <Command>{listCommand}</Command>
        </Layout>
      ),
    };
  },
};
