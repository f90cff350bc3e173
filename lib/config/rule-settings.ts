import { z } from 'zod';
import { defaultRetentionDays } from '../../lambdas/catalog/privacy/retention-days.ts';

/** Rules of the portal: limits, lifetimes and residency. */
export const ruleSettings = {
  /** Bounces after which an address is suppressed. A complaint always suppresses it. */
  suppressionRule: z.strictObject({
    permanentBounces: z.int().min(1).max(100),
    transientBounces: z.int().min(1).max(100),
    transientWindowDays: z.int().min(1).max(365),
  }),
  shareLinks: z.strictObject({
    /** Sends each admin one mail per run that expired links. Owners always get a mail. */
    adminDigest: z.boolean(),
    /** Longest lifetime of a link. */
    maxDays: z.int().min(1).max(3_650),
  }),
  uploads: z.strictObject({
    /** Lifetime of an upload URL. Mux accepts one minute to seven days. */
    urlMinutes: z.int().min(1).max(10_080),
  }),
  /**
   * Hours for which a signed playback URL plays. The job clean-up-assets removes it from the asset
   * afterwards.
   */
  playbackUrlHours: z.int().min(1).max(8_760),
  /** Hours for which the portal API returns the same response for the same idempotency key. */
  idempotencyKeyHours: z.int().min(1).max(168),
  /**
   * Ages at which the daily prune deletes rows. An event must be kept for longer than a provider
   * or an operator may send it again.
   */
  retentionDays: z.strictObject({
    webhookBodies: z.int().min(1).max(400),
    webhookEvents: z.int().min(40).max(3_650),
    outbox: z.int().min(30).max(400),
    /** Longer than a week, because the last success of a weekly job must be on record. */
    jobRuns: z.int().min(15).max(400),
    /** The portal lists a member's notifications, and `events show` those of an event. */
    notifications: z.int().min(30).max(3_650).default(defaultRetentionDays.notifications),
    /** Longer than the window of the suppression rule, because its bounces must be counted. */
    mailIncidents: z.int().min(30).max(3_650).default(defaultRetentionDays.mailIncidents),
    /** Invitations and share links that have ended, and texts of deleted videos. */
    closedRecords: z.int().min(30).max(3_650).default(defaultRetentionDays.closedRecords),
    /** The database refuses to delete a record that is younger than a year. */
    operatorActions: z.int().min(366).max(3_650).default(defaultRetentionDays.operatorActions),
  }),
  residency: z.strictObject({
    /** Regions in which assets may be stored. The weekly report lists assets in other regions. */
    allowedRegions: z
      .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected AWS regions'))
      .min(1),
    /** In COMPLIANCE mode nobody, not even root, can delete evidence in this time. */
    evidenceLock: z.strictObject({
      mode: z.enum(['GOVERNANCE', 'COMPLIANCE']),
      days: z.int().min(1).max(36_500),
    }),
  }),
};
