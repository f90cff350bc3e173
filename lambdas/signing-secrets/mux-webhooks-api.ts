import Mux from '@mux/mux-node';
import * as z from 'zod';
import type { MuxWebhook } from './mux-rotation.ts';

export interface MuxWebhooks {
  /** Those that lead to `address`, whatever their query. */
  list(): Promise<readonly MuxWebhook[]>;
  /** The secret is shown this once. */
  create(
    mark: Readonly<Record<string, string>>,
  ): Promise<{ readonly id: string; readonly secret: string }>;
  disable(id: string): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface MuxWebhooksSettings {
  /** The secret's text: JSON with `tokenId` and `tokenSecret`, with System read and write access. */
  readonly apiToken: () => Promise<string>;
  readonly address: string;
  readonly timeoutMs?: number;
}

const token = z.object({ tokenId: z.string().min(1), tokenSecret: z.string().min(1) });

/** @throws one sentence for an operator, which holds nothing of what was sent or answered. */
export function openMuxWebhooks({
  apiToken,
  address,
  timeoutMs = 8_000,
}: MuxWebhooksSettings): MuxWebhooks {
  // No retries: what is made twice is two, and every step can be taken again by a person.
  const open = async () =>
    new Mux({ ...readToken(await apiToken()), maxRetries: 0, timeout: timeoutMs }).system.webhooks;
  return {
    list: () =>
      asked('list webhooks', async () => {
        const all = await Array.fromAsync((await open()).list({ limit: 100 }));
        return all
          .filter((one) => withoutQuery(one.address) === address)
          .map(({ id, enabled, created_at, ...one }) => ({
            ...{ id, enabled, address: one.address, createdAt: new Date(created_at) },
          }));
      }),
    create: (mark) =>
      asked('create a webhook', async () => {
        const made = await (await open()).create({
          address: `${address}?${new URLSearchParams(mark)}`,
        });
        if (!made.signing_secret) throw new Error('no signing secret came with it');
        return { id: made.id, secret: made.signing_secret };
      }),
    disable: (id) =>
      asked(
        `disable ${id}`,
        async () => void (await (await open()).update(id, { enabled: false })),
      ),
    delete: (id) => asked(`delete ${id}`, async () => (await open()).delete(id)),
  };
}

async function asked<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new Error(`Mux was asked to ${what}: ${reasonOf(error)}.`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Mux.APIError))
    return error instanceof Error ? error.message.replace(/\.$/, '') : 'it failed';
  if (error.status === undefined) return 'it did not answer in time; run this again';
  const isAccess = error.status === 401 || error.status === 403;
  return `it answered ${error.status}${isAccess ? '; the token needs System read and write access' : ''}`;
}

function readToken(text: string): z.infer<typeof token> {
  try {
    return token.parse(JSON.parse(text));
  } catch {
    throw new Error('the API token is not JSON with tokenId and tokenSecret');
  }
}

const withoutQuery = (address: string) => address.split('?')[0];
