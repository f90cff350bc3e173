import * as z from 'zod';
import { eventStatuses } from '../statuses.ts';
import { cursor, dryRun, eventFilter, limit, provider, reason } from './arguments.ts';

export const eventCommands = {
  'events list': {
    summary: 'List webhook events, newest first',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      ...eventFilter,
      status: z.enum(eventStatuses).optional().describe('Only events with this status'),
      limit: limit(500).default(50).describe('Maximum number of events'),
      cursor: cursor.optional().describe('Continue after the previous page'),
    }),
  },
  'events show': {
    summary: 'Show one event: state changes, notifications, domain events, attempts, replays',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      provider: provider.describe('Provider that sent the event'),
      event: z.string().min(1).describe('Id of the event'),
    }),
  },
  'events body': {
    summary: 'Show the stored body of one event, redacted; the audit log records each reading',
    policy: 'privacy',
    changes: false,
    recordedFields: [],
    arguments: z.strictObject({
      provider: provider.describe('Provider that sent the event'),
      event: z.string().min(1).describe('Id of the event'),
      reason,
    }),
  },
  'events replay': {
    summary: 'Process events again; effects that were applied are not repeated',
    policy: 'operate',
    changes: true,
    arguments: z
      .strictObject({
        ...eventFilter,
        event: z.string().min(1).optional().describe('Only the event with this id'),
        status: z
          .enum(['failed', 'exhausted', 'processed'])
          .optional()
          .describe('Only events with this status; default: failed and exhausted'),
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
} as const;
