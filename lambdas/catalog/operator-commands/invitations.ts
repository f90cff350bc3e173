import * as z from 'zod';
import { invitationStatuses } from '../statuses.ts';
import { limit, reason } from './arguments.ts';

export const invitationCommands = {
  'invitations list': {
    summary: 'List invitations, newest first',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      status: z
        .enum(invitationStatuses)
        .default('expired')
        .describe('Only invitations with this status'),
      limit: limit(500).default(100).describe('Maximum number of invitations'),
    }),
  },
  'invitations reissue': {
    summary:
      'Reopen an expired invitation for 72 hours; publishes an event, so the portal sends a mail',
    policy: 'operate',
    changes: true,
    arguments: z.strictObject({
      invitation: z.uuid('expected the id of an invitation').describe('Id of the invitation'),
      reason,
    }),
  },
} as const;
