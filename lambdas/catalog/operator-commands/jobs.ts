import * as z from 'zod';
import { jobs } from '../jobs.ts';
import { jobRunStatuses } from '../statuses.ts';
import { cursor, limit, reason, time } from './arguments.ts';

const jobName = z.enum(jobs.map(({ name }) => name));

export const jobCommands = {
  'jobs list': {
    summary: 'List every job with its schedule and its last run',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({}),
  },
  'jobs runs': {
    summary: 'List the runs of jobs with duration, counts and error, newest first',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      name: jobName.optional().describe('Only runs of this job'),
      status: z.enum(jobRunStatuses).optional().describe('Only runs with this status'),
      limit: limit(500).default(50).describe('Maximum number of runs'),
      cursor: cursor.optional().describe('Continue after the previous page'),
    }),
  },
  'jobs run': {
    summary: 'Run a job now',
    policy: 'operate',
    changes: true,
    arguments: z.strictObject({
      name: jobName.describe('Name of the job'),
      at: time
        .optional()
        .describe('Scheduled time to run the job for; a run that succeeded is not repeated'),
      reason,
    }),
  },
} as const;
