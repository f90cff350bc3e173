import Mux from '@mux/mux-node';
import * as z from 'zod';
import { type MuxApiToken, readMuxApiToken } from '../platform/provider-apis/mux-api-token.ts';

/** A webhook of Mux that leads to our route. */
export interface MuxWebhook {
  readonly id: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
}

export interface MuxWebhooks {
  /** Lists the webhooks whose address is ours, with any query. */
  list(): Promise<readonly MuxWebhook[]>;
  /** Returns the secret, which Mux shows only in this response. */
  create(
    mark: Readonly<Record<string, string>>,
  ): Promise<{ readonly id: string; readonly secret: string }>;
  disable(id: string): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface MuxWebhooksDeps {
  /** Returns JSON with `tokenId` and `tokenSecret` of a token with System read and write access. */
  readonly apiToken: () => Promise<string>;
  readonly address: string;
  readonly timeoutMs?: number;
}

const listedWebhook = z.object({
  id: z.string().min(1),
  address: z.string(),
  enabled: z.boolean(),
  created_at: z.iso.datetime({ offset: true }),
});
const createdWebhook = z.object({ id: z.string().min(1), signing_secret: z.string().nullish() });

/**
 * @throws an error whose message an operator may see: it contains no part of the token, request or
 * response.
 */
export function openMuxWebhooks({
  apiToken,
  address,
  timeoutMs = 8_000,
}: MuxWebhooksDeps): MuxWebhooks {
  const { webhooks: open, limited } = openMuxClient(apiToken, timeoutMs);
  return {
    list: () =>
      explainMuxFailure('list webhooks', async () => {
        const webhooks = await Array.fromAsync((await open()).list({ limit: 100 }, limited()));
        return parseResponse(z.array(listedWebhook), webhooks)
          .filter((webhook) => withoutQuery(webhook.address) === address)
          .map(({ id, enabled, created_at, address: url }) => ({
            id,
            enabled,
            address: url,
            createdAt: new Date(created_at),
          }));
      }),
    create: (mark) =>
      explainMuxFailure('create a webhook', async () => {
        const marked = `${address}?${new URLSearchParams(mark)}`;
        const response = await (await open()).create({ address: marked }, limited());
        const created = parseResponse(createdWebhook, response);
        if (!created.signing_secret) throw new Error('the response has no signing secret');
        return { id: created.id, secret: created.signing_secret };
      }),
    disable: (id) =>
      explainMuxFailure(`disable ${id}`, async () => {
        await (await open()).update(id, { enabled: false }, limited());
      }),
    delete: (id) =>
      explainMuxFailure(`delete ${id}`, async () => (await open()).delete(id, limited())),
  };
}

/** The package does not compare responses with its types. */
function parseResponse<Schema extends z.ZodType>(
  schema: Schema,
  response: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(response);
  if (!parsed.success) throw new Error('the response has an unexpected form');
  return parsed.data;
}

/** Opens the part of Mux's API that manages webhooks, with a time limit for each call. */
export function openMuxClient(apiToken: () => Promise<string>, timeoutMs = 8_000) {
  return {
    // No retries: a repeated creation makes two webhooks, and an operator can repeat every step.
    webhooks: async () => {
      const credentials = parseToken(await apiToken());
      return new Mux({ ...credentials, maxRetries: 0, timeout: timeoutMs }).system.webhooks;
    },
    // The package's own timeout ends with the headers of a response.
    limited: () => ({ signal: AbortSignal.timeout(timeoutMs) }),
  };
}

/** @throws an error whose message an operator may see. */
export async function explainMuxFailure<Result>(
  task: string,
  request: () => Promise<Result>,
): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    throw new Error(`The request to Mux to ${task} failed: ${reasonOf(error)}.`);
  }
}

const NO_RESPONSE = 'no response in time; run the command again';

function reasonOf(error: unknown): string {
  if (error instanceof Error && /^(?:Abort|Timeout)Error$/.test(error.name)) return NO_RESPONSE;
  if (!(error instanceof Mux.APIError))
    return error instanceof Error ? error.message.replace(/\.$/, '') : 'unknown error';
  if (error.status === undefined) return NO_RESPONSE;
  const isAccess = error.status === 401 || error.status === 403;
  const hint = isAccess ? '; the token needs System read and write access' : '';
  return `status ${error.status}${hint}`;
}

function parseToken(text: string): MuxApiToken {
  const token = readMuxApiToken(text);
  if (token === undefined)
    throw new Error('the API token is not JSON with tokenId and tokenSecret');
  return token;
}

const withoutQuery = (address: string) => address.split('?')[0];
