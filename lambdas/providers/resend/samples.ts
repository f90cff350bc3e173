const mail = {
  email_id: '30000000-0000-4000-8000-000000000001',
  from: 'Motion Mavericks <portal@motion-mavericks.example>',
  to: ['mia@members.example'],
  subject: 'Your video is ready',
  tags: { notification_id: '40000000-0000-4000-8000-000000000001', kind: 'asset-ready' },
};

const suppression = {
  id: '50000000-0000-4000-8000-000000000001',
  email: 'mia@members.example',
  origin: 'bounce',
  source_id: null,
  created_at: '2026-03-01T10:00:00.000Z',
};

/** `data` of one event of each applied type. */
export const resendSamples = {
  'email.sent': mail,
  'email.delivery_delayed': mail,
  'email.delivered': mail,
  'email.failed': { ...mail, failed: { reason: 'reached_daily_quota' } },
  'email.bounced': {
    ...mail,
    bounce: { type: 'Permanent', subType: 'General', message: 'There is no such mailbox.' },
  },
  'email.suppressed': {
    ...mail,
    suppressed: { type: 'OnAccountSuppressionList', message: 'The address is suppressed.' },
  },
  'email.complained': mail,
  'suppression.added': suppression,
  'suppression.removed': suppression,
};
