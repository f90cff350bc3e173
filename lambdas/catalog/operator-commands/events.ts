import * as z from 'zod';
import { eventStatuses } from '../statuses.ts';
import {
  cursor,
  dryRun,
  eventFilter,
  limit,
  mailAddress,
  name,
  oneOrMore,
  oneOrMoreTexts,
  onlyProvider,
  provider,
  reason,
  requiredReason,
} from './arguments.ts';

const eventId = name('the id of an event');
const onlyEvent = eventId.optional().describe('Only the event with this id');

const listArguments = {
  ...eventFilter,
  // Bodies of open events are compared with the id, so free text would be a search of bodies.
  asset: z
    .string('expected the id of a video')
    .regex(/^[\w-]{1,255}$/, 'expected the id of a video: letters, digits, _ and -')
    .optional()
    .describe(
      "Only events about this video: the portal's id, or an asset id or upload id of Mux; " +
        'failed events that name the id are included',
    ),
  to: mailAddress
    .optional()
    .describe(
      'Only events that caused or reported mails to this address; ' +
        'deliveries and openings of the last 7 days, or since the given time',
    ),
  status: oneOrMore(eventStatuses).optional().describe('Only events with these statuses'),
  limit: limit(500).default(50).describe('Maximum number of events'),
  cursor: cursor.optional().describe('Continue after the previous page'),
};

/** Longest text that `events search` accepts. */
const MAX_TEXT = 200;
const textError = `expected 3 to ${MAX_TEXT} characters`;

export const eventCommands = {
  'events list': {
    summary: 'List webhook events, newest first',
    policy: 'look',
    changes: false,
    arguments: z.strictObject(listArguments),
  },
  'events search': {
    summary: 'List events whose stored body contains a text; the audit log records each search',
    policy: 'privacy',
    changes: false,
    recordedFields: [],
    arguments: z.strictObject({
      text: z
        .string(textError)
        .min(3, textError)
        .max(MAX_TEXT, textError)
        .describe('Text in the body; upper and lower case are equal'),
      ...listArguments,
      since: eventFilter.since.describe(
        'Only events received at or after this time (default: 7 days ago)',
      ),
      reason,
    }),
  },
  'events show': {
    summary: 'Show one event: state changes, notifications, domain events, attempts, replays',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      provider: provider.describe('Provider that sent the event'),
      event: eventId.describe('Id of the event'),
    }),
  },
  'events body': {
    summary: 'Show the stored body of one event, redacted; the audit log records each reading',
    policy: 'privacy',
    changes: false,
    recordedFields: [],
    arguments: z.strictObject({
      provider: provider.describe('Provider that sent the event'),
      event: eventId.describe('Id of the event'),
      reason,
    }),
  },
  'events replays': {
    summary: 'List the replays of events with their outcome, newest first',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      event: oneOrMoreTexts(100, 'expected 1 to 100 ids of events').describe('Ids of the events'),
      provider: onlyProvider,
      replay: oneOrMoreTexts(100, 'expected 1 to 100 ids of replays')
        .optional()
        .describe('Only the replays with these ids'),
    }),
  },
  'events replay': {
    summary: 'Process events again; effects that were applied are not repeated',
    policy: 'operate',
    changes: true,
    arguments: z
      .strictObject({
        ...eventFilter,
        event: onlyEvent,
        status: oneOrMore(['failed', 'exhausted', 'closed', 'processed'])
          .optional()
          .describe('Only events with these statuses (default: failed and exhausted)'),
        reason,
        dryRun,
        limit: limit(100).default(20).describe('Maximum number of events in one request'),
        cursor: cursor.optional().describe('Continue after the previous request'),
      })
      .refine((given) => given.event !== undefined || given.reason !== undefined || given.dryRun, {
        path: ['reason'],
        error: 'required for a replay of more than one event: state the reason for the audit log',
      }),
  },
  'events close': {
    summary: 'Close failed and exhausted events that need not be applied, and their open replays',
    policy: 'operate',
    changes: true,
    arguments: z
      .strictObject({
        ...eventFilter,
        event: onlyEvent,
        status: oneOrMore(['failed', 'exhausted'])
          .optional()
          .describe('Only events with these statuses (default: failed and exhausted)'),
        reason: requiredReason,
        dryRun,
        limit: limit(1_000).default(100).describe('Maximum number of events'),
      })
      .refine(({ event, type, code, until }) => [event, type, code, until].some(Boolean), {
        path: ['event'],
        error: 'name the events to close: expected an event, a type, a code or an end of the time',
      }),
  },
} as const;
