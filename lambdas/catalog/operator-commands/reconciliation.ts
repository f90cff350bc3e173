import * as z from 'zod';
import { onlyProvider } from './arguments.ts';

export const reconciliationCommands = {
  'reconciliation show': {
    summary: 'Show how far each provider is compared with the ledger, and what was recovered',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({ provider: onlyProvider }),
  },
} as const;
