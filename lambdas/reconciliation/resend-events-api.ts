import { Resend, type Response } from 'resend';
import * as z from 'zod';
import { parseResendTime } from '../providers/resend/timestamp.ts';
import { toBody } from './event-body.ts';
import { ApiLimitedError, ApiRequestError, REQUEST_MS, retryAfterSeconds } from './provider-api.ts';

/** One event in Resend's list. Its id is the id of the delivery, `svix-id`. */
export interface ListedEvent {
  readonly id: string;
  readonly type: string;
  readonly createdAt: Date;
}

export interface ListedPage {
  /** Newest first. */
  readonly events: readonly ListedEvent[];
  readonly hasMore: boolean;
}

export interface ListedWebhook {
  readonly id: string;
  readonly isEnabled: boolean;
}

/** Resend's record of what it delivered: https://resend.com/changelog/headless-webhook-api */
export interface ResendEventsApi {
  /** Finds the webhook whose endpoint is ours, an enabled one first. */
  findWebhook(): Promise<ListedWebhook | undefined>;
  /** @returns undefined if the event `after` is unknown to Resend. */
  list(webhookId: string, after: string | null): Promise<ListedPage | undefined>;
  /** Returns the body of the event as Resend delivers it; undefined if there is no such event. */
  body(webhookId: string, eventId: string): Promise<string | undefined>;
  /** @returns false if Resend rejects the request, for example because the webhook is disabled. */
  replay(webhookId: string, eventId: string): Promise<boolean>;
}

export interface ResendEventsApiDeps {
  /** Returns a key with full access. */
  readonly apiKey: () => Promise<string>;
  /** Endpoint of our webhook. */
  readonly address: string;
  readonly timeoutMs?: number;
  /** @default Resend's own */
  readonly baseUrl?: string;
}

const PAGE_SIZE = 100;
const UNKNOWN = [404, 422];

// The package does not compare responses with its types.
const webhookList = z.object({
  data: z.array(z.object({ id: z.string().min(1), endpoint: z.string(), status: z.string() })),
});
const listedEvent = z.object({ id: z.string().min(1), type: z.string(), created_at: z.string() });
const eventPage = z.object({ has_more: z.boolean(), data: z.array(listedEvent) });
const eventDetails = z.object({ payload: z.record(z.string(), z.unknown()) });
const replayedEvent = z.object({ id: z.string() });

/** @throws ApiLimitedError after a 429, ApiRequestError after any other failure. */
export function openResendEventsApi({
  apiKey,
  address,
  timeoutMs = REQUEST_MS,
  ...base
}: ResendEventsApiDeps): ResendEventsApi {
  const options = () => ({ signal: AbortSignal.timeout(timeoutMs) });
  const open = async () => new Resend(await apiKey(), base).webhooks;
  return {
    async findWebhook() {
      const response = await (await open()).list({ limit: PAGE_SIZE }, options());
      const ours = dataOf('list webhooks', webhookList, response).data.filter(
        ({ endpoint }) => endpoint === address,
      );
      const chosen = ours.find(({ status }) => status === 'enabled') ?? ours[0];
      return chosen && { id: chosen.id, isEnabled: chosen.status === 'enabled' };
    },

    async list(webhookId, after) {
      const page = { webhookId, limit: PAGE_SIZE, ...(after !== null && { after }) };
      const response = await (await open()).events.list(page, options());
      if (after !== null && isStatus(response, UNKNOWN)) return undefined;
      const { data, has_more: hasMore } = dataOf('list events', eventPage, response);
      return { events: data.map(toListedEvent), hasMore };
    },

    async body(webhookId, eventId) {
      const response = await (await open()).events.get({ webhookId, eventId }, options());
      if (isStatus(response, UNKNOWN)) return undefined;
      return toBody(eventId, dataOf('read an event', eventDetails, response).payload);
    },

    async replay(webhookId, eventId) {
      const response = await (await open()).events.replay({ webhookId, eventId }, options());
      if (isStatus(response, UNKNOWN)) return false;
      dataOf('replay an event', replayedEvent, response);
      return true;
    },
  };
}

function toListedEvent({ id, type, created_at }: z.infer<typeof listedEvent>): ListedEvent {
  const createdAt = parseResendTime(created_at);
  if (createdAt === undefined) throw new Error(`The event ${id} of Resend has no readable time.`);
  return { id, type, createdAt };
}

const isStatus = ({ error }: Response<unknown>, statuses: readonly number[]) =>
  statuses.includes(error?.statusCode ?? 0);

function dataOf<Schema extends z.ZodType>(
  task: string,
  schema: Schema,
  { data, error, headers }: Response<unknown>,
): z.output<Schema> {
  const parsed = schema.safeParse(data);
  if (parsed.success && error === null) return parsed.data;
  const status = error?.statusCode ?? undefined;
  if (status === 429)
    throw new ApiLimitedError('Resend', retryAfterSeconds(headers?.['retry-after']));
  if (error === null) throw new ApiRequestError('Resend', task, 200, ', of an unexpected form');
  const isAccess = status === 401 || status === 403;
  throw new ApiRequestError('Resend', task, status, isAccess ? '; the key needs full access' : '');
}
