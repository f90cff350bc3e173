import * as z from 'zod';
import { formatNumber } from '../../platform/display/numbers.ts';
import { oneLine } from './display-text.ts';
import { Command, Layout, Paragraph, Table } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  stage: z.string(),
  total: z.int(),
  listCommand: z.string(),
  /** Missing in notifications of earlier versions. */
  groups: z
    .array(
      z.object({
        provider: z.string(),
        events: z.int(),
        error: z.string(),
        replayCommand: z.string(),
      }),
    )
    .default([]),
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
  compose({ stage, total, listCommand, groups, events }) {
    const headline = total === 1 ? 'An event' : `${formatNumber(total)} events`;
    const waiting =
      total === 1
        ? 'No retries are left. The event stays stored until you replay it.'
        : 'No retries are left. The events stay stored until you replay them.';
    const commands = groups.length > 0 ? groups : events;
    return {
      subject: `${stage}: ${headline} failed permanently`,
      body: (
        <Layout
          preview={waiting}
          heading={`${headline} failed permanently`}
          reason="You receive this email as the reliability partner in this stage’s settings."
        >
          <Paragraph>{waiting}</Paragraph>
          {groups.length > 0 ? (
            <Table
              head={['Provider', 'Events', 'Error']}
              rows={groups.map((group) => [
                oneLine(group.provider, 100) ?? '',
                formatNumber(group.events),
                oneLine(group.error, 300) ?? '',
              ])}
            />
          ) : null}
          <Paragraph>
            {groups.length > 0
              ? 'Fix the cause of an error first. Then replay its events:'
              : 'Fix the cause first. Then replay with:'}
          </Paragraph>
          {commands.map(({ replayCommand }) => (
            <Command key={replayCommand}>{replayCommand}</Command>
          ))}
          <Paragraph>
            {total > events.length
              ? `The ${events.length} oldest events:`
              : `The event${total === 1 ? '' : 's'}:`}
          </Paragraph>
          <Table
            head={['Event', 'Age', 'Error']}
            rows={events.map(({ provider, type, eventId, age, error }) => [
              oneLine(`${provider} ${type} ${eventId}`, 300) ?? '',
              age,
              oneLine(error, 300) ?? '',
            ])}
          />
          <Paragraph>This command lists all events that failed permanently:</Paragraph>
          <Command>{listCommand}</Command>
        </Layout>
      ),
    };
  },
};
