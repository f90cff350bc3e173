import type { MetricFamilyDefinition } from '../metric-family.ts';

export const operationsMetrics = {
  audit: {
    description: 'Emitted by the operations function for each command that the audit log records.',
    dimensions: [],
    always: {
      AuditRecordsMissing:
        '1 if the audit log could not record the command, otherwise 0. The log of the function ' +
        'then holds the record',
    },
    optional: {},
  },
  'foreign-invocations': {
    description:
      'Emitted by the operations function for each invocation that it rejected, because it did ' +
      'not come through the API with a verified AWS identity.',
    dimensions: [],
    always: { ForeignInvocations: 'Rejected invocations' },
    optional: {},
  },
} as const satisfies Readonly<Record<string, MetricFamilyDefinition>>;
