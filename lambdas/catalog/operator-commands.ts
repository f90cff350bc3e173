import * as z from 'zod';
import { jobs } from './jobs.ts';
import {
  cursor,
  dryRun,
  eventFilter,
  limit,
  onlyProvider,
  outboxId,
  outboxType,
  provider,
  reason,
  requiredReason,
  time,
} from './operator-arguments.ts';
import { eventStatuses, invitationStatuses, outboxStatuses } from './statuses.ts';

/**
 * Route of all operator commands. API Gateway accepts only requests that are signed by an identity
 * with the operators' policy.
 */
export const operationsPath = '/api/v1/operations';

/**
 * Commands of operators. `arguments` defines both the request of the operations function and the
 * options of the command line. A command with `changes` is written to the audit log.
 */
export const operatorCommands = {
  'assets show': {
    summary: 'Show a video: its ids at Mux, state, problems and newest events',
    changes: false,
    arguments: z.strictObject({
      asset: z
        .string()
        .min(1)
        .describe("The portal's id of the video, or an asset id or upload id of Mux"),
    }),
  },
  'assets bind': {
    summary: 'Bind a video of the portal to an asset of Mux; no event changes that binding',
    changes: true,
    arguments: z.strictObject({
      asset: z.uuid("expected the portal's id of a video").describe("The portal's id of the video"),
      muxAsset: z.string().min(1).max(255).describe('Asset id of Mux'),
      reason: requiredReason,
      dryRun,
    }),
  },
  'events list': {
    summary: 'List webhook events, newest first',
    changes: false,
    arguments: z.strictObject({
      ...eventFilter,
      status: z.enum(eventStatuses).optional().describe('Only events with this status'),
      limit: limit(500).default(50).describe('Maximum number of events'),
      cursor: cursor.optional().describe('Continue after the previous page'),
    }),
  },
  'events show': {
    summary: 'Show one event: state changes, notifications, domain events, attempts, replays',
    changes: false,
    arguments: z.strictObject({
      provider: provider.describe('Provider that sent the event'),
      event: z.string().min(1).describe('Id of the event'),
    }),
  },
  'events replay': {
    summary: 'Process events again; effects that were applied are not repeated',
    changes: true,
    arguments: z
      .strictObject({
        ...eventFilter,
        event: z.string().min(1).optional().describe('Only the event with this id'),
        status: z
          .enum(['failed', 'exhausted', 'processed'])
          .optional()
          .describe('Only events with this status; default: failed and exhausted'),
        reason,
        dryRun,
        limit: limit(100).default(20).describe('Maximum number of events in one request'),
        cursor: cursor.optional().describe('Continue after the previous request'),
      })
      .refine((given) => given.event !== undefined || given.reason !== undefined || given.dryRun, {
        path: ['reason'],
        error: 'required for a replay of more than one event: state the reason for the audit log',
      }),
  },
  'dead-letters list': {
    summary: 'Count the dead letters and show the first of them',
    changes: false,
    arguments: z.strictObject({ provider: onlyProvider }),
  },
  'dead-letters redrive': {
    summary: 'Send dead letters back to their queue now; a job does this every five minutes',
    changes: true,
    arguments: z.strictObject({
      provider: onlyProvider,
      reason: requiredReason,
      dryRun,
      limit: limit(1_000).default(100).describe('Maximum number of dead letters per provider'),
    }),
  },
  'invitations list': {
    summary: 'List invitations, newest first',
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
    changes: true,
    arguments: z.strictObject({
      invitation: z.uuid('expected the id of an invitation').describe('Id of the invitation'),
      reason,
    }),
  },
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
  'mails list': {
    summary: 'List failed and abandoned mails with their error, newest first',
    changes: false,
    arguments: z.strictObject({
      limit: limit(500).default(50).describe('Maximum number of mails'),
      cursor: z.uuid().optional().describe('Continue after the previous page'),
    }),
  },
  'mails resend': {
    summary: 'Request a failed mail again, with a new idempotency key',
    changes: true,
    arguments: z.strictObject({
      notification: z.uuid('expected the id of a notification').describe('Id of the notification'),
      reason: requiredReason,
      dryRun,
    }),
  },
  'outbox list': {
    summary: 'List unpublished domain events, oldest first',
    changes: false,
    arguments: z.strictObject({
      status: z
        .enum(outboxStatuses)
        .default('set-aside')
        .describe('set-aside: rejected by EventBridge and no longer tried; waiting: the others'),
      type: outboxType,
      limit: limit(500).default(50).describe('Maximum number of domain events'),
    }),
  },
  'outbox retry': {
    summary: 'Publish domain events again that EventBridge rejected; the relay does so in a minute',
    changes: true,
    arguments: z.strictObject({
      entry: outboxId.optional().describe('Only the domain event with this id'),
      type: outboxType,
      reason: requiredReason,
      dryRun,
      limit: limit(1_000).default(100).describe('Maximum number of domain events'),
    }),
  },
  'outbox discard': {
    summary: 'Delete a set-aside domain event that nobody needs; the audit log keeps its content',
    changes: true,
    arguments: z.strictObject({
      entry: outboxId.describe('Id of the domain event'),
      reason: requiredReason,
      dryRun,
    }),
  },
  'residency list': {
    summary: 'List the weekly residency reports with their hashes',
    changes: false,
    arguments: z.strictObject({}),
  },
  'residency verify': {
    summary: 'Read every residency report again and verify its hashes and the chain',
    changes: false,
    arguments: z.strictObject({}),
  },
  'secrets list': {
    summary: 'List every signing secret with its age, its due date and the use of the previous one',
    changes: false,
    arguments: z.strictObject({}),
  },
  'secrets rotate': {
    summary:
      'Perform the next step of a secret rotation; safe to repeat at any time, loses no delivery',
    changes: true,
    arguments: z.strictObject({
      provider: provider.describe('Provider of the secret'),
      reason,
      dryRun,
      force: z
        .boolean()
        .default(false)
        .describe('Rotate even if the secret is less than a week old, e.g. because it leaked'),
    }),
  },
  'smoke sign': {
    summary: 'Sign one synthetic event, which npm run smoke posts',
    changes: false,
    arguments: z.strictObject({ provider: provider.describe('Provider whose secret signs') }),
  },
  'suppressions list': {
    summary: 'List the addresses that receive no mail, with the reason',
    changes: false,
    arguments: z.strictObject({
      limit: limit(500).default(100).describe('Maximum number of addresses'),
    }),
  },
  'suppressions lift': {
    summary:
      "Send mail to an address again: lift its suppression here and on Resend's list; " +
      'safe to repeat',
    changes: true,
    arguments: z.strictObject({
      address: z
        .string()
        .trim()
        .regex(/[^\s@]@[^\s@]/, 'expected a mail address')
        .describe('Mail address'),
      reason: requiredReason,
    }),
  },
} as const;

export type CommandName = keyof typeof operatorCommands;
export type ArgumentsOf<Name extends CommandName> = z.infer<
  (typeof operatorCommands)[Name]['arguments']
>;

export const commandNames = Object.keys(operatorCommands) as readonly CommandName[];
