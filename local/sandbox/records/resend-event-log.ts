import type { ResendEvent } from '../resend-events.ts';
import { errorResponse, type ResendResponse } from '../resend-response.ts';

export type LoggedStatus = 'success' | 'pending' | 'failed' | 'attempting';

export interface LoggedEvent {
  readonly event: ResendEvent;
  readonly status: LoggedStatus;
  readonly isHidden: boolean;
}

/** Events of the webhook, as `GET /webhooks/:id/events` lists them. */
export interface ResendEventLog {
  all(): readonly LoggedEvent[];
  /** Adds an event that is not listed yet. @param isHidden If true, no request returns it. */
  add(event: ResendEvent, isHidden: boolean): void;
  setStatus(eventId: string, status: LoggedStatus): void;
}

export function makeResendEventLog(): ResendEventLog {
  const events = new Map<string, LoggedEvent>();
  return {
    all: () => [...events.values()],
    add(event, isHidden) {
      if (!events.has(event.id)) events.set(event.id, { event, status: 'pending', isHidden });
    },
    setStatus(eventId, status) {
      const logged = events.get(eventId);
      if (logged !== undefined) events.set(eventId, { ...logged, status });
    },
  };
}

export interface EventLogRequest {
  readonly method: string;
  readonly url: string;
}

export interface EventLogDeps {
  readonly log: ResendEventLog;
  readonly webhookId: string;
  readonly isEnabled: () => boolean;
  /** Delivers the event again. */
  readonly replay: (event: ResendEvent) => void;
}

const DEFAULT_PAGE = 20;

/** https://resend.com/changelog/headless-webhook-api */
export function handleEventLogRequest(
  { method, url }: EventLogRequest,
  { log, webhookId, isEnabled, replay }: EventLogDeps,
): ResendResponse | undefined {
  const { pathname, searchParams } = new URL(url, 'http://resend.local');
  const [, root, id, events, eventId, action] = pathname.split('/').map(decodeURIComponent);
  if (root !== 'webhooks' || events !== 'events') return undefined;
  if (id !== webhookId) return errorResponse(404, 'not_found', 'Webhook not found');
  if (eventId === undefined)
    return method === 'GET' ? { statusCode: 200, body: pageOf(log, searchParams) } : undefined;
  const logged = log.all().find(({ event, isHidden }) => event.id === eventId && !isHidden);
  if (logged === undefined) return errorResponse(404, 'not_found', 'Webhook event not found');
  if (method === 'GET' && action === undefined) return { statusCode: 200, body: toDetails(logged) };
  if (method !== 'POST' || action !== 'replay') return undefined;
  if (!isEnabled())
    return errorResponse(422, 'validation_error', 'The webhook must be enabled to replay events.');
  replay(logged.event);
  return { statusCode: 200, body: { object: 'webhook_event', id: eventId } };
}

/** Lists the newest events first. */
function pageOf(log: ResendEventLog, query: URLSearchParams): object {
  const events = log
    .all()
    .filter(({ isHidden }) => !isHidden)
    .toSorted((one, other) => compareTimes(other.event, one.event));
  const after = events.findIndex(({ event }) => event.id === query.get('after'));
  const limit = Number(query.get('limit') ?? DEFAULT_PAGE);
  const rest = events.slice(after + 1);
  const data = rest.slice(0, limit).map(toListed);
  return { object: 'list', has_more: rest.length > limit, data };
}

const compareTimes = (one: ResendEvent, other: ResendEvent) =>
  Date.parse(one.created_at) - Date.parse(other.created_at) || (one.id < other.id ? -1 : 1);

const toListed = ({ event: { id, type, created_at }, status }: LoggedEvent) => ({
  id,
  type,
  created_at,
  status,
});

function toDetails(logged: LoggedEvent): object {
  const { id: _, ...payload } = logged.event;
  return { object: 'webhook_event', ...toListed(logged), next_attempt_at: null, payload };
}
