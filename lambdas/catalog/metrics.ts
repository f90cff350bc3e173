/**
 * Every metric of ours, in families: what is in a family is sent under all of its dimensions and under no others.
 * The code that emits, the alarms, the dashboard and docs/metrics.md follow from this. A counter is sent with each
 * line of its family, zeros too, so that both sides of a ratio are there; what is in `sometimes` is sent where it is known.
 */
export const metricFamilies = {
  deliveries: {
    of: 'One delivery at the door, by the verifier',
    dimensions: ['provider'],
    always: {
      Accepted: 'Genuine and in the queue: answered 200',
      Rejected:
        'Not genuine, or no event: answered 4xx. Whoever knows the URL can cause it, so it is no failure',
      AcceptFailed: 'Answered 500 because of us: no signing secret, or the queue took nothing',
      SecretCurrent: 'Signed with the current signing secret',
      SecretPrevious:
        'Signed with the previous one: while there are any, that secret cannot be dropped',
    },
    sometimes: { AcceptMs: 'From the start of the verifier to its answer, of accepted deliveries' },
  },
  rejections: {
    of: 'One delivery that was not accepted, by the verifier',
    dimensions: ['provider', 'reason'],
    always: { Rejected: 'Rejected or failed for this reason' },
    sometimes: {},
  },
  events: {
    of: 'One batch of events from the queue, by the processor',
    dimensions: ['provider'],
    always: {
      Processed: 'Applied',
      Stale: 'Applied, and a newer event had decided already',
      Ignored: 'Of a type that nothing follows from',
      Duplicate: 'Applied before',
      Succeeded: 'The four above together',
      Retried: 'Failed, and back in the queue for another attempt',
      Exhausted: 'Ended as failed for good. The retry job counts here too, what it ends',
      Failed: 'Attempts that failed: those back in the queue, and those that ended at once',
    },
    sometimes: {
      AcceptToEffectMs:
        'From API Gateway to the commit of its effects, for each event that was applied and is no replay',
      AgeMs: 'How old each event was when an attempt at it began',
    },
  },
  smoke: {
    of: 'One synthetic event of npm run smoke, by the verifier and again by the processor: it counts in no other family',
    dimensions: ['provider'],
    always: {
      SmokeAccepted: 'Genuine and in the queue',
      SmokeRecorded: 'In the ledger, as synthetic',
      SmokeFailed: 'Not accepted, or not recorded at this attempt',
    },
    sometimes: {},
  },
  redrives: {
    of: 'One run of the retry job, or one command of an operator, for one provider',
    dimensions: ['provider'],
    always: {
      Redriven: 'Dead letters that were sent back to the queue',
      Exhausted: 'See events',
    },
    sometimes: {},
  },
  bounces: {
    of: 'One event of a bounce, by the processor',
    dimensions: ['provider'],
    always: { UnclearBounces: 'Of no type that Resend documents: it counts against no address' },
    sometimes: {},
  },
  outbox: {
    of: 'One attempt at publishing domain events, by whoever publishes',
    dimensions: [],
    always: {
      EventsPublished: 'EventBridge took them',
      EventsNotPublished: 'EventBridge did not; they stay in the outbox',
    },
    sometimes: {},
  },
  backlog: {
    of: 'One run of the job report-backlog',
    dimensions: [],
    always: {
      OutboxAgeSeconds:
        'Age of the oldest domain event that is not published, 0 where there is none',
      OutboxWaiting: 'Domain events that are not published',
    },
    sometimes: {},
  },
  silence: {
    of: 'One provider, by the job report-backlog',
    dimensions: ['provider'],
    always: {
      SilenceSeconds:
        'How long ago an upload or a mail of ours should have brought an event, where none has been applied since; 0 otherwise',
    },
    sometimes: {},
  },
  secrets: {
    of: 'One signing secret, by the job check-secret-ages',
    dimensions: ['provider'],
    always: { SecretAgeSeconds: 'Age of its current version' },
    sometimes: {},
  },
  overdue: {
    of: 'One job, by the job report-backlog',
    dimensions: ['job'],
    always: {
      OverdueSeconds: 'For how long the job should have succeeded again, 0 where it is on time',
    },
    sometimes: {},
  },
  jobs: {
    of: 'One run of a job',
    dimensions: ['job'],
    always: { JobSucceeded: 'It did its work', JobFailed: 'It failed', JobMs: 'How long it took' },
    sometimes: {
      EventsRelayed: 'Domain events that were left in the outbox, and are published',
      Redriven: 'Dead letters of all providers that were sent back',
      Exhausted: 'Events of all providers that were ended',
      DeadLettersDiscarded: 'Dead letters that had been settled otherwise',
      OrphansRedriven: 'Failed events with no message left that were sent once more',
      Escalated: 'Exhausted events that people were told of',
      MailsRedriven: 'Requests to mail a notification that were sent back from the dead letters',
      MailsAbandoned:
        'Requests to mail a notification of which the news is too old to be worth a mail',
      LinksExpired: 'Share links',
      TokensRevoked: 'Tokens of share links',
      OwnersMailed: 'Owners who are told of expired links',
      LinksRemaining: 'Share links that are due and are the next run’s',
      OwnersRemaining: 'Owners who are yet to be told of expired links',
      InvitationsExpired: 'Invitations',
      InvitationsRemaining: 'Invitations that are due and are the next run’s',
      AdminsMailed: 'Admins who are told of expired invitations',
      BodiesPruned: 'Bodies of webhook events',
      EventsPruned: 'Webhook events',
      IdempotencyRecordsPruned: 'Records of idempotent commands',
      OutboxEntriesPruned: 'Published domain events',
      JobRunsPruned: 'Records of job runs',
      ShareLinkExpiriesPruned: 'Records of share links that expired',
      PrunesUnfinished: 'Kinds of rows of which some are left for tomorrow',
      ReportsMade: 'Residency reports',
      AssetsReported: 'Assets in the report',
      SecretsDue: 'Signing secrets that are old enough to be rotated',
      ResidencyViolations: 'Assets that are stored where they may not be',
    },
  },
  mails: {
    of: 'One notification, by the sender',
    dimensions: ['outcome'],
    always: {
      Mails:
        'Notifications with this outcome: sent, already-sent, suppressed, rate-limited, deferred, failed, unreadable',
      MailMs: 'How long it took',
    },
    sometimes: {},
  },
  commands: {
    of: 'One command of the portal that was done',
    dimensions: ['command'],
    always: {
      CommandsDone: 'Done now',
      CommandsReplayed: 'Answered as it was the first time',
    },
    sometimes: {},
  },
  'rejected-commands': {
    of: 'One command of the portal that was refused',
    dimensions: ['command', 'problem'],
    always: { CommandsRejected: 'Refused with this problem' },
    sometimes: {},
  },
} as const satisfies Readonly<Record<string, Family>>;

interface Family {
  /** What one emitted line stands for, and who emits it. */
  readonly of: string;
  readonly dimensions: readonly string[];
  readonly always: Readonly<Record<string, string>>;
  readonly sometimes: Readonly<Record<string, string>>;
}

type Families = typeof metricFamilies;
export type MetricFamily = keyof Families;
export type MetricName<F extends MetricFamily> = keyof (Families[F]['always'] &
  Families[F]['sometimes']) &
  string;
export type MetricDimensions<F extends MetricFamily> = Readonly<
  Record<Families[F]['dimensions'][number], string>
>;

type Measured = number | readonly number[];
export type MetricValues<F extends MetricFamily> = Readonly<
  Record<keyof Families[F]['always'], Measured> &
    Partial<Record<keyof Families[F]['sometimes'], Measured>>
>;

/** One namespace for each stage: two stages may be in one account, and one must not hide or page for the other. */
export const metricNamespace = (stage: string) => `MotionMavericks/Webhooks/${stage}`;

export type MetricUnit = 'Milliseconds' | 'Seconds' | 'Count';

export function unitOf(metric: string): MetricUnit {
  if (metric.endsWith('Ms')) return 'Milliseconds';
  return metric.endsWith('Seconds') ? 'Seconds' : 'Count';
}
