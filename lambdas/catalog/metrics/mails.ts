import type { MetricFamilyDefinition } from '../metric-family.ts';

export const mailMetrics = {
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
} as const satisfies Readonly<Record<string, MetricFamilyDefinition>>;
