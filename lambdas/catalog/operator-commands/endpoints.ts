import * as z from 'zod';
import { dryRun, onlyProvider, provider, requiredReason } from './arguments.ts';

export const endpointCommands = {
  'endpoints show': {
    summary: 'Compare the webhooks at the providers with what this stage expects',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({ provider: onlyProvider }),
  },
  'endpoints repair': {
    summary:
      'Create, enable or correct the webhook at a provider, and store its signing secret; ' +
      'safe to repeat',
    policy: 'secrets',
    changes: true,
    arguments: z.strictObject({
      provider: provider.describe('Provider of the webhook'),
      reason: requiredReason,
      dryRun,
    }),
  },
} as const;
