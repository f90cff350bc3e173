import { type Provider, webhookPath } from '../../lambdas/catalog/providers.ts';
import type { LocalSecrets } from '../aws/secret-store.ts';
import { type MuxSandbox, makeMuxSandbox } from './mux.ts';
import { type MuxApi, startMuxApi } from './mux-api.ts';
import { type MuxWebhookList, makeMuxWebhookList } from './mux-webhooks.ts';
import { type ResendSandbox, startResendSandbox } from './resend.ts';
import { makeResendSigning } from './resend-secrets.ts';

/** Sandboxes of all providers. */
export interface Sandboxes {
  readonly mux: MuxSandbox;
  readonly muxApi: MuxApi;
  readonly muxWebhooks: MuxWebhookList;
  readonly resend: ResendSandbox;
  /** Environment variables that lead functions to the sandboxes, without providers in real use. */
  readonly urls: Readonly<Record<string, string>>;
  /** True if mails go to the real Resend, because its key is in the environment. */
  readonly usesRealResend: boolean;
  /** Moves the times in all sandboxes into the past, for tests of long periods. */
  age(milliseconds: number): void;
  stop(): Promise<void>;
}

export interface SandboxOptions {
  /** URL of the HTTP API, which receives the webhooks. */
  readonly url: string;
  readonly secrets: LocalSecrets;
  readonly timeScale: number;
  readonly sendsMailEvents?: boolean;
  /** @default the sandbox of this process */
  readonly resendUrl?: string;
  /** Environment variables that may hold real keys of the providers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export async function startSandboxes(options: SandboxOptions): Promise<Sandboxes> {
  const { muxWebhooks, mux, muxApi } = await startMux(options);
  const { signing, resend } = await startResend(options);
  const { environment, resendUrl = resend.url } = options;
  const usesRealResend = Boolean(environment['RESEND_API_KEY']);
  const usesRealMux = Boolean(environment['MUX_TOKEN_ID'] && environment['MUX_TOKEN_SECRET']);
  return {
    mux,
    muxApi,
    muxWebhooks,
    resend,
    urls: {
      ...(usesRealResend ? {} : { RESEND_BASE_URL: resendUrl }),
      ...(usesRealMux ? {} : { MUX_BASE_URL: muxApi.url }),
    },
    usesRealResend,
    age(milliseconds) {
      muxWebhooks.age(milliseconds);
      signing.age(milliseconds);
    },
    async stop() {
      await muxApi.stop();
      await resend.stop();
    },
  };
}

async function startMux({ url, secrets }: SandboxOptions) {
  const muxWebhooks = makeMuxWebhookList(
    webhookUrl(url, 'mux'),
    currentValue(secrets, 'mux/webhook-signing-secret'),
  );
  const mux = makeMuxSandbox({ webhooks: muxWebhooks });
  const muxApi = await startMuxApi({
    apiToken: currentValue(secrets, 'mux/api-token'),
    webhooks: { list: muxWebhooks, apiToken: currentValue(secrets, 'mux/webhooks-api-token') },
    reads: { ...mux, apiToken: currentValue(secrets, 'mux/reconcile-api-token') },
    onFile: (asset) => void mux.sendUploadEvents(asset),
  });
  return { muxWebhooks, mux, muxApi };
}

async function startResend({ url, secrets, timeScale, sendsMailEvents }: SandboxOptions) {
  const signing = makeResendSigning(() =>
    Object.values(versionsOf(secrets, 'resend/webhook-signing-secret')).map(({ value }) => value),
  );
  const resend = await startResendSandbox({
    apiKey: currentValue(secrets, 'resend/api-key'),
    webhooksKey: currentValue(secrets, 'resend/webhooks-api-key'),
    webhookUrl: webhookUrl(url, 'resend'),
    signing,
    timeScale,
    sendsMailEvents: sendsMailEvents ?? true,
  });
  return { signing, resend };
}

const webhookUrl = (apiUrl: string, provider: Provider) => `${apiUrl}${webhookPath(provider)}`;

const versionsOf = (secrets: LocalSecrets, path: string) =>
  secrets.find(`motion-mavericks/dev/${path}`)?.versions ?? {};

const currentValue = (secrets: LocalSecrets, path: string) => () =>
  versionsOf(secrets, path)['AWSCURRENT']?.value ?? '';
