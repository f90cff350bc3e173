import type { CommandName } from '../../lambdas/catalog/operator-commands.ts';

type GroupOf<Name extends string> = Name extends `${infer Group} ${string}` ? Group : never;

/** Headings of the groups of commands in the help. */
export const groups: Readonly<Record<GroupOf<CommandName>, string>> = {
  assets: 'Videos',
  audit: 'Audit log',
  events: 'Webhook events',
  backlog: 'Waiting work',
  'dead-letters': 'Dead letters',
  endpoints: 'Webhooks at the providers',
  invitations: 'Invitations',
  jobs: 'Jobs',
  mails: 'Mails',
  outbox: 'Domain events',
  reconciliation: 'Comparison with the providers',
  residency: 'Residency reports',
  secrets: 'Signing secrets',
  smoke: 'Smoke test',
  suppressions: 'Suppressed addresses',
  uploads: 'Uploads',
};
