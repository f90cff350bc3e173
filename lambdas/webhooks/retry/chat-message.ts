import type { ChatMessage } from '../../catalog/domain-events.ts';
import { formatCount, formatNumber } from '../../platform/display/numbers.ts';
import type { UnappliedEvent } from '../failed-events.queries.ts';
import {
  describeAge,
  describeError,
  listCommand,
  replayCommand,
  replayGroupCommand,
} from './event-texts.ts';
import { groupByError } from './group-by-error.ts';

// The message links to the command that lists the rest.
const MAX_EVENTS = 10;
const MAX_COMMANDS = 5;

/** Composes the chat message about exhausted events for the people on call. */
export function chatMessage(
  events: readonly UnappliedEvent[],
  stage: string,
  now: Date,
): ChatMessage {
  const shown = events.slice(0, MAX_EVENTS);
  const lines = shown.map((event) => chatLine(event, now));
  const more = events.length - shown.length;
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: `:rotating_light: ${stage}: ${countOf(events)} failed permanently`,
      description: [...lines, ...(more > 0 ? [`… and ${formatNumber(more)} more.`] : [])].join(
        '\n',
      ),
      nextSteps: [
        ...replayCommands(events, stage).map((command) => `Replay: \`${command}\``),
        `All of them: \`${listCommand(stage)}\``,
      ],
      keywords: ['webhook.exhausted', stage],
    },
  };
}

/** Returns a command for each event of a few, and a command for each error of many. */
function replayCommands(events: readonly UnappliedEvent[], stage: string): readonly string[] {
  return events.length > MAX_COMMANDS
    ? groupByError(events)
        .slice(0, MAX_COMMANDS)
        .map((group) => replayGroupCommand(group, stage))
    : events.map((event) => replayCommand(event, stage));
}

function chatLine(event: UnappliedEvent, now: Date): string {
  const name = `*${plain(event.source)}* ${plain(event.type)} \`${plain(event.eventId)}\``;
  return `• ${name}, ${describeAge(event.receivedAt, now)} old: ${plain(describeError(event))}`;
}

/** Removes the characters of chat markup, mentions and links. */
const plain = (text: string) => text.replace(/[`*_~<>@|\s]+/g, ' ').trim();

const countOf = ({ length }: readonly unknown[]) =>
  length === 1 ? 'an event' : formatCount(length, 'event');
