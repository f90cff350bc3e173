import * as z from 'zod';
import { dryRun, provider, reason } from './arguments.ts';

export const secretCommands = {
  'secrets list': {
    summary: 'List every signing secret with its age, its due date and the use of the previous one',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({}),
  },
  'secrets rotate': {
    summary:
      'Perform the next step of a secret rotation; safe to repeat at any time, loses no delivery',
    policy: 'secrets',
    changes: true,
    arguments: z.strictObject({
      provider: provider.describe('Provider of the secret'),
      reason,
      dryRun,
      force: z
        .boolean()
        .default(false)
        .describe('Rotate even if the secret is less than a week old, e.g. because it leaked'),
    }),
  },
} as const;
