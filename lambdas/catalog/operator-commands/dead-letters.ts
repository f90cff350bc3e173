import * as z from 'zod';
import { dryRun, limit, onlyProvider, requiredReason } from './arguments.ts';

export const deadLetterCommands = {
  'dead-letters list': {
    summary: 'Count the dead letters and show the first of them',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({ provider: onlyProvider }),
  },
  'dead-letters redrive': {
    summary: 'Send dead letters back to their queue now; a job does this every five minutes',
    policy: 'operate',
    changes: true,
    arguments: z.strictObject({
      provider: onlyProvider,
      reason: requiredReason,
      dryRun,
      limit: limit(1_000).default(100).describe('Maximum number of dead letters per provider'),
    }),
  },
} as const;
