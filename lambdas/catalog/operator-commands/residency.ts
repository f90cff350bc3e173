import * as z from 'zod';

export const residencyCommands = {
  'residency list': {
    summary: 'List the weekly residency reports with their hashes',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({}),
  },
  'residency verify': {
    summary: 'Read every residency report again and verify its hashes and the chain',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({}),
  },
} as const;
