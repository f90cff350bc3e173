import * as z from 'zod';
import { cursor, knownBreaks, limit, name, time } from './arguments.ts';
import type { OperatorCommand } from './operator-command.ts';

export const auditCommands = {
  'audit list': {
    summary: 'List what operators changed and read, newest first',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      operator: name('a part of an identity')
        .optional()
        .describe('Only identities that contain this text'),
      command: name('a command').optional().describe('Only this command, e.g. "events replay"'),
      since: time.optional().describe('Only records at or after this time; 2h means 2 hours ago'),
      until: time.optional().describe('Only records before this time'),
      limit: limit(500).default(50).describe('Maximum number of records'),
      cursor: cursor.optional().describe('Continue after the previous page'),
    }),
  },
  'audit verify': {
    summary: 'Verify the chain of the audit log, and compare it with the signed heads',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({ knownBreaks }),
  },
  'audit export': {
    summary: 'Export the audit log for an auditor, oldest record first, not redacted',
    policy: 'privacy',
    changes: false,
    recordedFields: ['exported', 'through'],
    arguments: z.strictObject({
      limit: limit(500).default(500).describe('Maximum number of records'),
      cursor: cursor.optional().describe('Continue after the previous page'),
    }),
  },
} as const satisfies Readonly<Record<string, OperatorCommand>>;
