import * as z from 'zod';
import { mailStatuses } from '../statuses.ts';
import { dryRun, limit, requiredReason } from './arguments.ts';

export const mailCommands = {
  'mails list': {
    summary: 'List mails with their delivery or error, newest first',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      status: z
        .enum([...mailStatuses, 'all'])
        .default('failed')
        .describe('Only mails with this status; failed includes abandoned mails'),
      limit: limit(500).default(50).describe('Maximum number of mails'),
      cursor: z.uuid().optional().describe('Continue after the previous page'),
    }),
  },
  'mails show': {
    summary: 'Show one mail: its attempts, its delivery and the event that caused it',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      notification: z.uuid('expected the id of a notification').describe('Id of the notification'),
    }),
  },
  'mails resend': {
    summary: 'Request a failed mail again, with a new idempotency key',
    policy: 'operate',
    changes: true,
    arguments: z.strictObject({
      notification: z.uuid('expected the id of a notification').describe('Id of the notification'),
      reason: requiredReason,
      dryRun,
    }),
  },
} as const;
