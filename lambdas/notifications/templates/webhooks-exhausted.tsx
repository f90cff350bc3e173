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

/** To the reliability partner, once for each run that found some. */
export const webhooksExhausted: Template<typeof params> = {
  params,
  compose({ stage, total, listCommand, events }) {
    const what = total === 1 ? 'A webhook' : `${total} webhooks`;
    return {
      subject: `${stage}: ${what} failed for good`,
      body: (
        <Layout
          preview="Every retry is used up; nothing happens to them until somebody replays them."
          heading={`${what} failed for good`}
          reason="You get this mail because you are named as reliability partner in the stage's settings."
        >
          <Paragraph>
            Every retry is used up. Nothing happens to them until somebody replays them.
          </Paragraph>
          <Table
            head={['Event', 'Age', 'Error']}
            rows={events.map(({ provider, type, eventId, age, error }) => [
              oneLine(`${provider} ${type} ${eventId}`, 300) ?? '',
              age,
              oneLine(error, 300) ?? '',
            ])}
          />
          <Paragraph>Once the cause is mended, replay them:</Paragraph>
          {events.map(({ replayCommand }) => (
            <Command key={replayCommand}>{replayCommand}</Command>
          ))}
          <Paragraph>
            {total > events.length ? `${total - events.length} more are in the list:` : 'The list:'}
          </Paragraph>
          <Command>{listCommand}</Command>
        </Layout>
      ),
    };
  },
};
