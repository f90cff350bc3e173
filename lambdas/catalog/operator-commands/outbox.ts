import * as z from 'zod';
import { outboxStatuses } from '../statuses.ts';
import { dryRun, limit, outboxId, outboxType, requiredReason } from './arguments.ts';

export const outboxCommands = {
  'outbox list': {
    summary: 'List unpublished domain events, oldest first',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      status: z
        .enum(outboxStatuses)
        .default('set-aside')
        .describe('set-aside: rejected by EventBridge and no longer tried; waiting: the others'),
      type: outboxType,
      limit: limit(500).default(50).describe('Maximum number of domain events'),
      cursor: outboxId.optional().describe('Continue after the previous page'),
    }),
  },
  'outbox retry': {
    summary: 'Publish domain events again that EventBridge rejected; the relay does so in a minute',
    policy: 'operate',
    changes: true,
    arguments: z.strictObject({
      entry: outboxId.optional().describe('Only the domain event with this id'),
      type: outboxType,
      reason: requiredReason,
      dryRun,
      limit: limit(1_000).default(100).describe('Maximum number of domain events'),
    }),
  },
  'outbox discard': {
    summary: 'Delete a set-aside domain event that nobody needs; the audit log keeps its content',
    policy: 'operate',
    changes: true,
    arguments: z.strictObject({
      entry: outboxId.describe('Id of the domain event'),
      reason: requiredReason,
      dryRun,
    }),
  },
} as const;
