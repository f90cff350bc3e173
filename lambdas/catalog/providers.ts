import type { Setting } from './settings.ts';

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

/**
 * The secret with which a provider's webhooks are managed, where it has calls for that. It may do more than what mails
 * are sent and uploads are made with, so it is one of its own, which only the operations function reads.
 */
export const webhookKeys = {
  mux: 'webhooks-api-token',
  resend: 'webhooks-api-key',
} as const satisfies Partial<Record<Provider, string>>;

/** Those whose signing secret a command rotates. */
export type RotatableProvider = keyof typeof webhookKeys;

export const rotatableProviders = Object.keys(webhookKeys) as readonly RotatableProvider[];

/** What a provider's processor has to know of its stage. */
export const processorSettings: Readonly<Record<Provider, readonly Setting[]>> = {
  mux: [],
  resend: ['SUPPORT_EMAIL', 'SUPPRESSION_RULE'],
};
