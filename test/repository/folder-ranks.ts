/** Folders of lambdas/ by rank: a folder imports from its own rank or from a lower one. */
export const ranks: readonly (readonly string[])[] = [
  ['catalog'],
  ['platform'],
  ['audit', 'jobs', 'outbox', 'notifications', 'assets', 'portal-api'],
  [
    'webhooks',
    'share-links',
    'uploads',
    'invitations',
    'residency',
    'retention',
    'signing-secrets',
  ],
  ['providers'],
  ['monitoring', 'reconciliation', 'endpoints', 'operations'],
];
