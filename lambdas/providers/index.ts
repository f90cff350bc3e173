import type { Setting } from '../settings.ts';

/**
 * Who sends us webhooks. To add a provider: create its folder with the six file names and add its name here.
 * Routes, functions, queues, secrets, local mode and the tests follow from this list.
 */
export const providers = ['mux', 'resend'] as const;

export type Provider = (typeof providers)[number];

export const webhookPath = (provider: Provider) => `/api/v1/webhooks/${provider}` as const;

/** Secrets beyond the webhook signing secret that a provider's processor may read; key: environment variable. */
export const processorSecrets: Readonly<Record<Provider, Readonly<Record<string, string>>>> = {
  mux: { PLAYBACK_SIGNING_KEY_SECRET_ID: 'playback-signing-key' },
  resend: {},
};

/** What a provider's processor has to know of its stage. */
export const processorSettings: Readonly<Record<Provider, readonly Setting[]>> = {
  mux: [],
  resend: ['SUPPORT_EMAIL', 'SUPPRESSION_RULE'],
};
