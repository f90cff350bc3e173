import type { MetricFamilyDefinition } from './metric-family.ts';

/**
 * Defines each metric of this system, in families. One emitted line holds one family with all of
 * its dimensions. The emitting code, the alarms, the dashboard and docs/metrics.md follow this
 * list. Every line holds the metrics in `always`, zeros included, so that both sides of a ratio
 * exist. A line holds a metric in `optional` only if its value is known.
 */
export const metricFamilies = {
  deliveries: {
    description: 'Emitted by the verifier for each delivery.',
    dimensions: ['provider'],
    always: {
      Accepted: 'Deliveries answered 200 after SQS accepted them',
      Rejected:
        'Deliveries answered 4xx: no valid signature, or not an event. ' +
        'Anyone who knows the URL can cause these, so they do not count as failures',
      AcceptFailed:
        'Deliveries answered 500 because of a fault on our side: ' +
        'no usable signing secret, or SQS did not accept the message',
      SecretCurrent: 'Deliveries signed with the current signing secret',
      SecretPrevious:
        'Deliveries signed with the previous signing secret. ' +
        'That secret must stay valid while this is above 0',
    },
    optional: {
      AcceptMs: 'Time from the start of the verifier to its response, for accepted deliveries',
    },
  },
  rejections: {
    description: 'Emitted by the verifier for each delivery that was not accepted.',
    dimensions: ['provider', 'reason'],
    always: { Rejected: 'Deliveries rejected or failed for this reason' },
    optional: {},
  },
  events: {
    description: 'Emitted by the processor for each batch of events.',
    dimensions: ['provider'],
    always: {
      Processed: 'Events that changed state',
      Stale: 'Events that changed nothing because a newer event was applied before',
      Ignored: 'Events of a type that this system does not use',
      Duplicate: 'Events that were applied before',
      Succeeded: 'Sum of Processed, Stale, Ignored and Duplicate',
      Retried: 'Failed attempts whose event returned to the queue for another attempt',
      Exhausted:
        'Events that failed permanently. The retry job counts the events that it ends here too',
      Postponed:
        'Attempts that ended because Postgres was unavailable. ' +
        'A copy of the event returned to the queue, so no receive was lost',
      Failed: 'Failed attempts: Retried, Postponed and the events that ended at once',
    },
    optional: {
      AcceptToEffectMs:
        'Time from API Gateway to the commit of the effects, ' +
        'for each applied event that is not a replay',
      AgeMs: 'Age of each event at the start of an attempt',
      PostponedAgeMs:
        'Age of each postponed event since its delivery. SQS knows only the age of the copy',
    },
  },
  smoke: {
    description:
      'Emitted by the verifier and by the processor for each synthetic event of `npm run smoke`. ' +
      'Synthetic events count in no other family.',
    dimensions: ['provider'],
    always: {
      SmokeAccepted: 'Synthetic events that were verified and accepted by SQS',
      SmokeRecorded: 'Synthetic events recorded in the ledger',
      SmokeFailed: 'Synthetic events that were not accepted, or not recorded at this attempt',
    },
    optional: {},
  },
  redrives: {
    description:
      'Emitted for each provider by each run of the retry job ' +
      'and by each redrive command of an operator.',
    dimensions: ['provider'],
    always: {
      Redriven: 'Dead letters sent back to the queue',
      Exhausted: 'Events that failed permanently; see the family events',
    },
    optional: {},
  },
  bounces: {
    description: 'Emitted by the processor for each bounce that says nothing about its address.',
    dimensions: ['provider'],
    always: {
      UnclearBounces:
        'Bounces of a type that Resend does not document. They never suppress an address',
      RejectedMails: 'Bounces because of the size or the content of the mail',
    },
    optional: {},
  },
  assets: {
    description: 'Emitted by the processor for each batch with an unusual event of an asset.',
    dimensions: [],
    always: {
      ReadyWithoutPlayback:
        'Assets that became ready without a playback id that the portal can use, or lost it. ' +
        'They are not announced',
      AssetsRebound: 'Rows that lost an asset of Mux because an event named their own upload',
    },
    optional: {},
  },
  outbox: {
    description: 'Emitted for each attempt to publish domain events.',
    dimensions: [],
    always: {
      EventsPublished: 'Domain events accepted by EventBridge',
      EventsNotPublished:
        'Domain events not accepted by EventBridge. They stay in the outbox for the relay',
    },
    optional: {},
  },
  backlog: {
    description: 'Emitted by each run of the job report-backlog.',
    dimensions: [],
    always: {
      OutboxAgeSeconds:
        'Age of the oldest unpublished domain event that is not set aside, 0 if there is none',
      OutboxWaiting: 'Number of unpublished domain events that are not set aside',
      OutboxSetAside:
        'Number of domain events that EventBridge rejected several times. ' +
        'They wait for an operator',
    },
    optional: {},
  },
  'missing-traffic': {
    description: 'Emitted by the job report-backlog for each provider.',
    dimensions: ['provider'],
    always: {
      MissingTrafficSeconds:
        'Age of the oldest upload or mail of the last day ' +
        'that no event of the provider followed, 0 if there is none',
    },
    optional: {},
  },
  secrets: {
    description: 'Emitted by the job check-secret-ages for each signing secret.',
    dimensions: ['provider'],
    always: { SecretAgeSeconds: 'Age of the current version of the signing secret' },
    optional: {},
  },
  'secret-reads': {
    description: 'Emitted by every function for each read of a secret that failed.',
    dimensions: [],
    always: {
      SecretReadsFailed:
        'Failed reads of a secret: Secrets Manager did not answer, the secret has no value, or ' +
        'its text cannot be parsed. ' +
        'A value that the function read before stays in use',
    },
    optional: {},
  },
  'overdue-jobs': {
    description: 'Emitted by the job report-backlog for each job.',
    dimensions: ['job'],
    always: {
      OverdueSeconds: 'Time since the job should have succeeded again, 0 if the job is on time',
    },
    optional: {},
  },
  jobs: {
    description: 'Emitted by each run of a job.',
    dimensions: ['job'],
    always: {
      JobSucceeded: '1 if the run succeeded, otherwise 0',
      JobFailed: '1 if the run failed, otherwise 0',
      JobMs: 'Duration of the run',
    },
    optional: {
      EventsRelayed: 'Domain events that the relay published from the outbox',
      Redriven: 'Dead letters of all providers sent back to their queues',
      Exhausted: 'Events of all providers that failed permanently',
      DeadLettersDiscarded: 'Dead letters deleted because their event needed no further attempt',
      OrphansRedriven: 'Failed events without a message in any queue that were enqueued again',
      Escalated: 'Exhausted events reported to the reliability partner and to on-call',
      EventsWaiting:
        'Events that were found waiting, after their redrives, for a repair of this system',
      PartsFailed: 'Parts of the run that failed. The other parts ran',
      MailsRedriven: 'Mail requests sent back from the dead-letter queue',
      MailsAbandoned: 'Mail requests abandoned because their notification is over 3 days old',
      LinksExpired: 'Share links that this run expired',
      TokensRevoked: 'Tokens of share links that this run revoked',
      OwnersMailed: 'Owners notified of expired share links',
      LinksRemaining: 'Share links that are due and left for the next run',
      OwnersRemaining: 'Owners left to be notified of expired share links by the next run',
      UploadsTimedOut: 'Assets cancelled because nobody uploaded a file in time',
      UploadsRemaining: 'Assets with an expired upload URL that are left for the next run',
      PlaybackUrlsExpired: 'Expired playback URLs removed from assets',
      InvitationsExpired: 'Invitations that this run expired',
      InvitationsRemaining: 'Invitations that are due and left for the next run',
      AdminsMailed: 'Admins notified of expired invitations',
      BodiesPruned: 'Bodies of webhook events removed',
      EventsPruned: 'Webhook events deleted',
      IdempotencyRecordsPruned: 'Expired idempotency records deleted',
      OutboxEntriesPruned: 'Published domain events deleted from the outbox',
      JobRunsPruned: 'Records of job runs deleted',
      ShareLinkExpiriesPruned: 'Records of share link expiries deleted',
      PrunesUnfinished: 'Kinds of rows that still have rows left for the next prune',
      ReportsMade: 'Residency reports written',
      AssetsReported: 'Assets in the residency report',
      SuppressionDifferences: "Addresses that only the portal's list or only Resend's contained",
      AddressesSuppressed: "Addresses suppressed because Resend's list contained them",
      AddressesLifted: "Suppressions lifted because Resend's list lacked the address",
      SecretsDue: 'Signing secrets that are due for rotation',
      ResidencyViolations: 'Assets stored outside the allowed regions',
    },
  },
  mails: {
    description: 'Emitted by the sender for each notification.',
    dimensions: ['outcome'],
    always: {
      Mails:
        'Notifications with this outcome: sent, sent-unconfirmed, already-sent, suppressed, ' +
        'rate-limited, database-unavailable, deferred, failed or unreadable',
      MailMs: 'Time that the sender spent on the notification, its wait for a slot included',
    },
    optional: { MailAgeSeconds: 'Time since the mail was requested' },
  },
  'operational-mails': {
    description: 'Emitted by the sender for each suppressed mail to support or a partner.',
    dimensions: [],
    always: {
      OperationalMailsSuppressed: 'Mails to our own addresses that were not sent: suppressed',
    },
    optional: {},
  },
  commands: {
    description: 'Emitted by the portal API for each command that succeeded.',
    dimensions: ['command'],
    always: {
      CommandsDone: 'Commands executed',
      CommandsReplayed: 'Repeated commands that received the stored response',
    },
    optional: {},
  },
  'rejected-commands': {
    description: 'Emitted by the portal API for each rejected command.',
    dimensions: ['command', 'problem'],
    always: { CommandsRejected: 'Commands rejected with this problem' },
    optional: {},
  },
} as const satisfies Readonly<Record<string, MetricFamilyDefinition>>;
