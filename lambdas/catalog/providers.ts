/**
 * Names of the providers that send webhooks. Each has a folder in lambdas/providers and an entry in
 * its registry; docs/extending.md lists the steps for another one.
 */
export const providers = ['mux', 'resend'] as const;

export type Provider = (typeof providers)[number];

export const webhookPath = (provider: Provider) => `/api/v1/webhooks/${provider}` as const;

/** The provider that sends our mails, and keeps a suppression list of its own. */
export const mailProvider = 'resend' satisfies Provider;
