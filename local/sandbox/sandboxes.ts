import { type Provider, webhookKeys, webhookPath } from '../../lambdas/catalog/providers.ts';
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
  /** Moves the times in all sandboxes into the past, for tests of long periods. */
  age(milliseconds: number): void;
  stop(): Promise<void>;
}

export interface SandboxOptions {
  /** URL of the HTTP API, which receives the webhooks. */
  readonly apiUrl: string;
  readonly secrets: LocalSecrets;
  readonly timeScale: number;
}

export async function startSandboxes(options: SandboxOptions): Promise<Sandboxes> {
  const { muxWebhooks, mux, muxApi } = await startMux(options);
  const { signing, resend } = await startResend(options);
  return {
    mux,
    muxApi,
    muxWebhooks,
    resend,
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

async function startMux({ apiUrl, secrets }: SandboxOptions) {
  const muxWebhooks = makeMuxWebhookList(
    webhookUrl(apiUrl, 'mux'),
    currentValue(secrets, 'mux/webhook-signing-secret'),
  );
  const mux = makeMuxSandbox({ webhooks: muxWebhooks });
  const muxApi = await startMuxApi({
    apiToken: currentValue(secrets, 'mux/api-token'),
    webhooks: { list: muxWebhooks, apiToken: currentValue(secrets, `mux/${webhookKeys.mux}`) },
    onFile: (asset) => void mux.sendUploadEvents(asset),
  });
  return { muxWebhooks, mux, muxApi };
}

async function startResend({ apiUrl, secrets, timeScale }: SandboxOptions) {
  const signing = makeResendSigning(() =>
    Object.values(versionsOf(secrets, 'resend/webhook-signing-secret')).map(({ value }) => value),
  );
  const resend = await startResendSandbox({
    apiKey: currentValue(secrets, 'resend/api-key'),
    webhooksKey: currentValue(secrets, `resend/${webhookKeys.resend}`),
    webhookUrl: webhookUrl(apiUrl, 'resend'),
    signing,
    timeScale,
  });
  return { signing, resend };
}

const webhookUrl = (apiUrl: string, provider: Provider) => `${apiUrl}${webhookPath(provider)}`;

const versionsOf = (secrets: LocalSecrets, path: string) =>
  secrets.find(`motion-mavericks/dev/${path}`)?.versions ?? {};

const currentValue = (secrets: LocalSecrets, path: string) => () =>
  versionsOf(secrets, path)['AWSCURRENT']?.value ?? '';
