import { z } from 'zod';

const mailAddress = z.email('expected a mail address');

/** Addresses of people and pages: who is mailed, alarmed and linked to. */
export const contactSettings = {
  mailFrom: z
    .string()
    .regex(/^([^<>@]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'expected Name <address>'),
  portalUrl: z.string().regex(/^https:\/\/[^\s/?#]+$/, 'expected https://<host> and no path'),
  /** Recipients of mails who have no account at the portal. */
  contacts: z.strictObject({
    support: mailAddress,
    reliabilityPartner: mailAddress,
    complianceAdvisor: mailAddress,
  }),
  /**
   * Subscribers of the on-call topic. AWS asks each to confirm. A pager (PagerDuty, Opsgenie) is an
   * HTTPS endpoint.
   */
  onCall: z.strictObject({
    emails: z.array(mailAddress),
    httpsEndpoints: z.array(z.url({ protocol: /^https$/, error: 'expected an https URL' })),
    /**
     * The workspace must be authorized once, in the console of Amazon Q Developer in chat
     * applications.
     */
    slack: z
      .strictObject({
        workspaceId: z
          .string()
          .regex(/^T[0-9A-Z]{1,254}$/, 'expected the id of a Slack workspace, T...'),
        channelId: z
          .string()
          .regex(/^[CG][0-9A-Z]{1,254}$/, 'expected the id of a Slack channel, C... or G...'),
      })
      .optional(),
  }),
  /** URL at which the people on call can read docs/runbook.md; each alarm adds its section. */
  runbookUrl: z.url({ protocol: /^https$/, error: 'expected an https URL' }),
  alarms: z.strictObject({
    /**
     * Attempts within 10 minutes below which the failure rate counts as 0. With 0 a single failure
     * can be 100%.
     */
    failureRateMinimumVolume: z.int().min(0).max(10_000),
    /** Rejected deliveries of one provider above which an alarm notifies without paging. */
    rejectedInQuarterHour: z.int().min(1).max(1_000_000),
    /** Minutes without an expected event of a provider after which an alarm pages. */
    missingTrafficMinutes: z.int().min(15).max(1_440),
  }),
};
