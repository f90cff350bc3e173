import * as z from 'zod';
import { jobs } from '../jobs.ts';
import { reason, time } from './arguments.ts';

export const jobCommands = {
  'jobs list': {
    summary: 'List every job with its schedule and its last run',
    changes: false,
    arguments: z.strictObject({}),
  },
  'jobs run': {
    summary: 'Run a job now',
    changes: true,
    arguments: z.strictObject({
      name: z.enum(jobs.map(({ name }) => name)).describe('Name of the job'),
      at: time
        .optional()
        .describe('Scheduled time to run the job for; a run that succeeded is not repeated'),
      reason,
    }),
  },
} as const;
