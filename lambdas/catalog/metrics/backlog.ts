import type { MetricFamilyDefinition } from '../metric-family.ts';

export const backlogMetrics = {
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
} as const satisfies Readonly<Record<string, MetricFamilyDefinition>>;
