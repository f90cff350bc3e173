import * as z from 'zod';
import { assetStatuses } from '../statuses.ts';
import { limit } from './arguments.ts';

export const uploadCommands = {
  'uploads list': {
    summary: 'List uploads of members with the state of their video, newest first',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      status: z.enum(assetStatuses).optional().describe('Only videos with this status'),
      limit: limit(500).default(50).describe('Maximum number of uploads'),
      cursor: z.uuid().optional().describe('Continue after the previous page'),
    }),
  },
} as const;
