import type { MetricFamilyDefinition } from '../metric-family.ts';

export const webhookMetrics = {
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
        'for each applied event that is neither a replay nor reconciled',
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
} as const satisfies Readonly<Record<string, MetricFamilyDefinition>>;
