import * as z from 'zod';

export const backlogCommands = {
  'backlog show': {
    summary:
      'Count what waits now: queues, dead letters, failed events, mails, domain events, jobs',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({}),
  },
} as const;
