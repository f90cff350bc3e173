import type { MetricFamilyDefinition } from '../metric-family.ts';

export const reconciliationMetrics = {
  reconciliation: {
    description: 'Emitted for each provider by each run of the job reconcile.',
    dimensions: ['provider'],
    always: {
      MissedEventsRecovered:
        'Events that the provider has and that were never delivered here. ' +
        'The provider was asked to deliver them again, or they were read from its API',
    },
    optional: {},
  },
  endpoints: {
    description: 'Emitted for each provider by each run of the job check-endpoints.',
    dimensions: ['provider'],
    always: {
      EndpointFaults:
        'Differences between the webhook at the provider and what the stage expects: ' +
        'it is missing, disabled, at another URL, or without an event type',
    },
    optional: {},
  },
} as const satisfies Readonly<Record<string, MetricFamilyDefinition>>;
