import type { MetricFamilyDefinition } from '../metric-family.ts';

export const portalApiMetrics = {
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
