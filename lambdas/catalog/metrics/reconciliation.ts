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
} as const satisfies Readonly<Record<string, MetricFamilyDefinition>>;
