import * as z from 'zod';
import { limit, mailAddress, requiredReason } from './arguments.ts';

export const suppressionCommands = {
  'suppressions list': {
    summary: 'List the addresses that receive no mail, with the reason',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      limit: limit(500).default(100).describe('Maximum number of addresses'),
      cursor: z.string().min(1).max(400).optional().describe('Continue after the previous page'),
    }),
  },
  'suppressions lift': {
    summary:
      "Send mail to an address again: lift its suppression here and on Resend's list; " +
      'safe to repeat',
    policy: 'operate',
    changes: true,
    arguments: z.strictObject({
      address: mailAddress.describe('Mail address'),
      reason: requiredReason,
    }),
  },
} as const;
