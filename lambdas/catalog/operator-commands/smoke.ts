import * as z from 'zod';
import { provider } from './arguments.ts';

export const smokeCommands = {
  'smoke sign': {
    summary: 'Sign one synthetic event, which npm run smoke posts',
    policy: 'operate',
    changes: false,
    recordedFields: ['event'],
    arguments: z.strictObject({ provider: provider.describe('Provider whose secret signs') }),
  },
} as const;
