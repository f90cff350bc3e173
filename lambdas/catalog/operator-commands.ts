import * as z from 'zod';
import { jobs } from './jobs.ts';
import { providers, rotatableProviders } from './providers.ts';

/** The one route; API Gateway lets in who signs with an identity of the operators' policy. */
export const operationsPath = '/api/v1/operations';

/** Statuses that the check constraint of migrations/0004 allows. */
export const invitationStatuses = ['pending', 'accepted', 'expired', 'revoked'] as const;

export type InvitationStatus = (typeof invitationStatuses)[number];

export const eventStatuses = ['processed', 'ignored', 'synthetic', 'failed', 'exhausted'] as const;

const time = z.iso.datetime({
  offset: true,
  error: 'expected a time such as 2026-03-01T09:00:00Z, or 2h, 7d',
});
const provider = z.enum(providers);
const limit = (most: number) => z.coerce.number().int().min(1).max(most);
/** Where the page before ended. */
const cursor = z.string().regex(/^\d+$/);

const eventFilter = {
  provider: provider.optional().describe('Only of this provider'),
  type: z.string().min(1).optional().describe('Only of this type, such as video.asset.ready'),
  since: time
    .optional()
    .describe('Received at this time or later; 2h and 7d are meant back from now'),
  until: time.optional().describe('Received before this time'),
  code: z.string().min(1).optional().describe('Only with this error code'),
};
const reason = z.string().trim().min(5).max(500).optional().describe('Why, for the audit log');
const dryRun = z.boolean().default(false).describe('Say what would be done, and do nothing');

/**
 * What operators can do. Each `arguments` is the function's contract and the command line's options alike; `changes`
 * are audited.
 */
export const commands = {
  'events list': {
    summary: 'Events of the ledger, newest first',
    changes: false,
    arguments: z.strictObject({
      ...eventFilter,
      status: z.enum(eventStatuses).optional().describe('Only with this status'),
      limit: limit(500).default(50).describe('At most so many'),
      cursor: cursor.optional().describe('Go on where the page before ended'),
    }),
  },
  'events show': {
    summary: 'What one event did: state, notifications, domain events, attempts, replays',
    changes: false,
    arguments: z.strictObject({
      provider: provider.describe('Who sent it'),
      event: z.string().min(1).describe('Its id'),
    }),
  },
  'events replay': {
    summary: 'Have events applied once more; what they did already is not done again',
    changes: true,
    arguments: z
      .strictObject({
        ...eventFilter,
        event: z.string().min(1).optional().describe('Only this one'),
        status: z
          .enum(['failed', 'exhausted', 'processed'])
          .optional()
          .describe('Default: failed and exhausted'),
        reason,
        dryRun,
        limit: limit(100).default(20).describe('At most so many in one request'),
        cursor: cursor.optional().describe('Go on where the request before ended'),
      })
      .refine(
        ({ event, reason: given, dryRun: only }) =>
          event !== undefined || given !== undefined || only,
        {
          path: ['reason'],
          error: 'required where not one event is named: say why, for the audit log',
        },
      ),
  },
  'dead-letters list': {
    summary: 'How many there are, and the first of them',
    changes: false,
    arguments: z.strictObject({ provider: provider.optional().describe('Only of this provider') }),
  },
  'dead-letters redrive': {
    summary: 'Send dead letters back now, ahead of the job that does so every five minutes',
    changes: true,
    arguments: z.strictObject({
      provider: provider.optional().describe('Only of this provider'),
      reason: z.string().trim().min(5).max(500).describe('Why, for the audit log'),
      dryRun,
      limit: limit(1_000).default(100).describe('At most so many of each provider'),
    }),
  },
  'invitations list': {
    summary: 'Invitations, newest first',
    changes: false,
    arguments: z.strictObject({
      status: z.enum(invitationStatuses).default('expired').describe('Only with this status'),
      limit: limit(500).default(100).describe('At most so many'),
    }),
  },
  'invitations reissue': {
    summary:
      'Open an expired invitation for another 72 hours; the portal hears of it and writes to the invited',
    changes: true,
    arguments: z.strictObject({
      invitation: z.uuid('expected the id of an invitation').describe('Its id'),
      reason,
    }),
  },
  'jobs list': {
    summary: 'Every job, its schedule and its last runs',
    changes: false,
    arguments: z.strictObject({}),
  },
  'jobs run': {
    summary: 'Run a job now',
    changes: true,
    arguments: z.strictObject({
      name: z.enum(jobs.map(({ name }) => name)).describe('Which one'),
      at: time
        .optional()
        .describe('As if it were due at this time; a run that has succeeded is not repeated'),
      reason,
    }),
  },
  'residency list': {
    summary: 'The weekly residency reports, with their hashes',
    changes: false,
    arguments: z.strictObject({}),
  },
  'residency verify': {
    summary: 'Read every report again and check its hashes, and that each follows the one before',
    changes: false,
    arguments: z.strictObject({}),
  },
  'secrets list': {
    summary:
      'Every signing secret: how old, when due, whether the one before is valid and when it was last used',
    changes: false,
    arguments: z.strictObject({}),
  },
  'secrets rotate': {
    summary:
      'Take the next step of rotating a signing secret; may be repeated at any time, and loses no delivery',
    changes: true,
    arguments: z.strictObject({
      provider: z.enum(rotatableProviders).describe('Whose'),
      reason,
      dryRun,
      anew: z
        .boolean()
        .default(false)
        .describe('Begin even though it was rotated within a week: it may have leaked'),
    }),
  },
  'smoke sign': {
    summary: 'Sign one synthetic event, which npm run smoke posts',
    changes: false,
    arguments: z.strictObject({ provider: provider.describe('As whose it is signed') }),
  },
  'suppressions list': {
    summary: 'Addresses that are not mailed, and why',
    changes: false,
    arguments: z.strictObject({ limit: limit(500).default(100).describe('At most so many') }),
  },
  'suppressions lift': {
    summary: 'Mail an address again; what bounced before counts no more',
    changes: true,
    arguments: z.strictObject({
      address: z.email('expected a mail address').describe('Which one'),
      reason: z.string().trim().min(5).max(500).describe('Why, for the audit log'),
    }),
  },
} as const;

export type CommandName = keyof typeof commands;
export type ArgumentsOf<Name extends CommandName> = z.infer<(typeof commands)[Name]['arguments']>;

export const commandNames = Object.keys(commands) as readonly CommandName[];
