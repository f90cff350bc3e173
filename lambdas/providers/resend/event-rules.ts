import { applies, type EventRule, ignores, typesOf } from '../event-rule.ts';

/** Lists every event type of Resend. A test compares the list with the types of resend. */
export const resendEventRules: readonly EventRule[] = [
  applies(
    'Moves the delivery status of the mail forward',
    ...typesOf('email', 'sent', 'delivery_delayed', 'delivered', 'failed'),
  ),
  applies(
    'Moves the delivery status forward, and counts against the address',
    ...typesOf('email', 'bounced', 'complained'),
  ),
  applies(
    'Moves the delivery status forward; the list of the account suppresses the address',
    'email.suppressed',
  ),
  applies(
    "Follows Resend's suppression list: suppresses the address, or lifts its suppression",
    ...typesOf('suppression', 'added', 'removed'),
  ),
  ignores('The sender never schedules mails at Resend', 'email.scheduled'),
  ignores(
    'Readers are not tracked. Bodies contain IP addresses and links, which are not stored',
    ...typesOf('email', 'opened', 'clicked'),
  ),
  ignores('The portal receives no mail', 'email.received'),
  ignores(
    'The portal keeps no contacts or topics at Resend',
    ...typesOf('contact', 'created', 'updated', 'deleted', 'topics.updated'),
    ...typesOf('topic', 'created', 'updated', 'deleted'),
  ),
  ignores(
    'An operator changes domains, and a broken domain fails mails',
    ...typesOf('domain', 'created', 'updated', 'deleted'),
  ),
  ignores(
    'The portal has no inbox at Resend',
    ...typesOf('inbox', 'created', 'updated', 'deleted', 'email.received', 'email.sent'),
    ...typesOf('inbox.thread', 'created', 'folder.updated', 'assigned', 'unassigned'),
    'inbox.thread.labels.updated',
    ...typesOf('inbox.draft', 'created', 'updated', 'sent', 'deleted'),
  ),
];
