import { Resend } from 'resend';
import type { ResendWebhook } from './resend-rotation.ts';

export interface ResendWebhooks {
  /** Those that lead to `address`. */
  list(): Promise<readonly ResendWebhook[]>;
  /** @returns the new secret. */
  rotate(id: string): Promise<string>;
}

export interface ResendWebhooksSettings {
  /** With full access: one for sending is refused. */
  readonly apiKey: () => Promise<string>;
  readonly address: string;
  readonly timeoutMs?: number;
}

/** @throws one sentence for an operator, which holds nothing of what was sent or answered. */
export function openResendWebhooks({
  apiKey,
  address,
  timeoutMs = 8_000,
}: ResendWebhooksSettings): ResendWebhooks {
  const options = () => ({ signal: AbortSignal.timeout(timeoutMs) });
  const open = async () => new Resend(await apiKey()).webhooks;
  return {
    async list() {
      const webhooks = await open();
      const { data } = answered('list webhooks', await webhooks.list({ limit: 100 }, options()));
      const ours = data.filter(({ endpoint }) => endpoint === address);
      return Promise.all(
        ours.map(async ({ id }) => {
          const { signing_secret: secret } = answered(
            `show ${id}`,
            await webhooks.get(id, options()),
          );
          return { id, secret: secret || undefined };
        }),
      );
    },
    async rotate(id) {
      const what = 'rotate the signing secret';
      const { signing_secret: secret } = answered(
        what,
        await (await open()).rotateSigningSecret(id, options()),
      );
      if (!secret)
        throw new Error(
          `Resend was asked to ${what}: no signing secret came back; run this again.`,
        );
      return secret;
    },
  };
}

interface Answered<Data> {
  readonly data: Data | null;
  readonly error: { readonly name: string; readonly statusCode: number | null } | null;
}

function answered<Data>(what: string, { data, error }: Answered<Data>): Data {
  if (data !== null && error === null) return data;
  const isAccess =
    error?.name === 'restricted_api_key' || error?.statusCode === 401 || error?.statusCode === 403;
  const code = error?.statusCode
    ? `it answered ${error.statusCode} ${error.name}`
    : 'it did not answer in time; run this again';
  throw new Error(
    `Resend was asked to ${what}: ${code}${isAccess ? '; the key needs full access' : ''}.`,
  );
}
