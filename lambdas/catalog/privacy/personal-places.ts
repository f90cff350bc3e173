/** Ends personal data. */
export type Enforcement =
  /** Kinds of rows of the job `prune`. */
  | { readonly by: 'prune'; readonly kinds: readonly string[] }
  /** A property of a resource in the templates. */
  | { readonly by: 'template'; readonly resource: string; readonly property: string }
  /** A lifecycle rule of a bucket. */
  | { readonly by: 'lifecycle' }
  /** The portal, which owns the accounts, or a command of this system for one person. */
  | { readonly by: 'account' }
  /** A provider outside the stack. */
  | { readonly by: 'contract' };

export interface PersonalPlace {
  readonly place: string;
  readonly data: string;
  readonly keptFor: string;
  readonly why: string;
  readonly enforcement: Enforcement;
}

const prune = (...kinds: readonly string[]): Enforcement => ({ by: 'prune', kinds });

/** Lists where personal data is, for how long, and why. docs/privacy.md shows this list. */
export const personalPlaces = {
  accounts: {
    place: '`users`',
    data: 'name and mail address of members',
    keptFor: 'as long as the account',
    why: 'the portal belongs to its members',
    enforcement: { by: 'account' },
  },
  videos: {
    place: '`assets`: title, failure reason',
    data: 'text that the member wrote; text of Mux, redacted',
    keptFor: 'as long as the video; `retentionDays.closedRecords` after it was deleted',
    why: 'the portal shows them',
    enforcement: prune('videoTexts'),
  },
  playback: {
    place: '`assets`: playback URL and id',
    data: 'a link with a token that plays the video',
    keptFor: '`playbackUrlHours`; the id until the video is deleted at Mux',
    why: 'the portal plays the video',
    enforcement: { by: 'account' },
  },
  bodies: {
    place: '`webhook_events.body` of processed, ignored and closed events',
    data:
      'processed: the fields that a replay reads, texts redacted; the address of a change of ' +
      "Resend's list. ignored: the provider's allow-list. closed by an operator: the whole body",
    keptFor: '`retentionDays.webhookBodies`',
    why: 'to explain and replay an event',
    enforcement: prune('webhookBodies', 'webhookEvents'),
  },
  openBodies: {
    place: '`webhook_events.body` of failed and exhausted events',
    data: 'the whole body: addresses, subjects, IP addresses, titles',
    keptFor: 'until the event is processed, at most `retentionDays.webhookEvents`',
    why: 'a retry needs all that the provider sent',
    enforcement: prune('webhookEvents'),
  },
  events: {
    place: '`webhook_events`, `webhook_replays`: errors and history',
    data: 'messages of errors, redacted',
    keptFor: '`retentionDays.webhookEvents`',
    why: 'to find the cause of a failure',
    enforcement: prune('webhookEvents'),
  },
  outbox: {
    place: '`outbox`',
    data: 'titles, labels, addresses of invitations and suppressions',
    keptFor:
      '`retentionDays.outbox` after publication; a set-aside event until an operator retries or ' +
      'discards it, which an alarm demands',
    why: 'to publish each domain event',
    enforcement: prune('outboxEntries'),
  },
  responses: {
    place: '`idempotency_records`',
    data: 'responses of the portal API, encrypted: share links, upload URLs',
    keptFor: '`idempotencyKeyHours`, 30 days for events',
    why: 'a repeated request has one effect',
    enforcement: prune('idempotencyRecords'),
  },
  notifications: {
    place: '`notifications`',
    data: 'recipient, title of the video, reason of a failure or bounce, redacted',
    keptFor: '`retentionDays.notifications`',
    why: 'the portal shows notifications; mails are not sent twice',
    enforcement: prune('notifications'),
  },
  incidents: {
    place: '`email_incidents`',
    data: 'mail address, kind of bounce or complaint, answer of the mail server, redacted',
    keptFor: '`retentionDays.mailIncidents`',
    why: 'the suppression rule counts them',
    enforcement: prune('mailIncidents'),
  },
  suppressions: {
    place: '`email_suppressions`',
    data: 'mail address; identity of the operator who lifted it',
    keptFor:
      'as long as the address is suppressed; then `retentionDays.mailIncidents` after the last ' +
      'change',
    why: 'no mail is sent to an address that rejects it',
    enforcement: prune('suppressions', 'mailIncidents'),
  },
  invitations: {
    place: '`invitations`',
    data: 'mail address of the invited person',
    keptFor: 'pending for 72 hours; `retentionDays.closedRecords` after it was issued',
    why: 'the person can accept, and admins can reissue',
    enforcement: prune('invitations'),
  },
  shareLinks: {
    place: '`share_links`, `share_link_tokens`',
    data: 'label that the member wrote; hash of the token',
    keptFor: 'until it ends, then `retentionDays.closedRecords`',
    why: 'the link opens the video; the portal lists ended links',
    enforcement: prune('shareLinks'),
  },
  expiries: {
    place: '`share_link_expiries`',
    data: 'labels of expired links',
    keptFor: '`retentionDays.jobRuns` after the mail to the owner',
    why: 'each owner receives one mail for each run',
    enforcement: prune('shareLinkExpiries'),
  },
  audit: {
    place: '`operator_actions`',
    data: 'identity of the operator; address or text that a command names; reason, redacted',
    keptFor: '`retentionDays.operatorActions`, at least 366 days',
    why: 'proof of who did what. The chain stays verifiable: the prune records the last hash',
    enforcement: prune('auditRecords'),
  },
  declarations: {
    place: '`region_declarations`',
    data: 'identity of the operator who declared a region',
    keptFor: 'while in force; a replaced one for `retentionDays.operatorActions`',
    why: 'a report says who stated where videos are',
    enforcement: prune('declarations'),
  },
  leases: {
    place: '`command_leases`',
    data: 'identity of the operator who runs a command',
    keptFor: 'the time of the command; after a crash a day',
    why: 'one operator at a time',
    enforcement: prune('commandLeases'),
  },
  runs: {
    place: '`job_runs`',
    data: 'identity of an operator who started a run; error, redacted',
    keptFor: '`retentionDays.jobRuns`',
    why: 'to see the state of jobs',
    enforcement: prune('jobRuns', 'unfinishedRuns'),
  },
  archive: {
    place: 'bus archive',
    data: 'what domain events contain: titles, labels, addresses of invitations and suppressions',
    keptFor: '`archiveDays`',
    why: 'consumers can replay events',
    enforcement: { by: 'template', resource: 'AWS::Events::Archive', property: 'RetentionDays' },
  },
  logs: {
    place: 'logs of functions and of the API',
    data: 'domains of addresses; the access log: IP addresses of callers, identities of operators',
    keptFor: '`logRetentionDays`',
    why: 'to find faults',
    enforcement: { by: 'template', resource: 'AWS::Logs::LogGroup', property: 'RetentionInDays' },
  },
  trail: {
    place: 'CloudTrail files of operators and evidence, if `auditTrail.dataEvents` is on',
    data: 'identities and IP addresses of people who invoke functions or read the evidence',
    keptFor: '`auditTrail.days`, and 30 days as an older version',
    why: 'proof of who acted beside the API',
    enforcement: { by: 'lifecycle' },
  },
  queues: {
    place: 'queues and dead-letter queues',
    data: 'whole bodies',
    keptFor: '4 days; dead letters 14 days',
    why: 'an accepted event is not lost',
    enforcement: {
      by: 'template',
      resource: 'AWS::SQS::Queue',
      property: 'MessageRetentionPeriod',
    },
  },
  backups: {
    place: 'backups of Postgres',
    data: 'everything in the tables',
    keptFor: "the provider's retention, or `aurora.backupDays`",
    why: 'recovery',
    enforcement: { by: 'contract' },
  },
  mails: {
    place: 'Resend and Mux',
    data: 'sent mails; videos',
    keptFor: 'by their contracts; a video until it is deleted at Mux',
    why: 'they send the mails and play the videos',
    enforcement: { by: 'contract' },
  },
} as const satisfies Readonly<Record<string, PersonalPlace>>;

export type PersonalPlaceName = keyof typeof personalPlaces;
