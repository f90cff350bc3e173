import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { eventSource } from '../catalog/domain-events.ts';
import { chunksOf } from '../platform/chunks.ts';

export interface PublishableEvent {
  readonly id: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface PublishResult {
  readonly published: readonly string[];
  readonly failed: readonly { readonly id: string; readonly error: string }[];
}

export type PublishEvents = (events: readonly PublishableEvent[]) => Promise<PublishResult>;

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const ENTRIES_PER_CALL = 10;

// The relay keeps its transaction open meanwhile, and Postgres ends a transaction idle for 5 s.
const ATTEMPTS = 2;
const ATTEMPT_MS = 2_000;

/**
 * Returns a function that publishes events and reports a result for each event, as EventBridge may
 * accept only some entries of a call. The function never throws.
 */
export function makePublishEvents(busName: string): PublishEvents {
  const requestHandler = {
    connectionTimeout: ATTEMPT_MS,
    requestTimeout: ATTEMPT_MS,
    throwOnRequestTimeout: true,
  };
  const client = new EventBridgeClient({ maxAttempts: ATTEMPTS, requestHandler });
  return async function publishEvents(events) {
    const results = await Promise.all(
      chunksOf(events, ENTRIES_PER_CALL).map((chunk) => putChunk(client, busName, chunk)),
    );
    return {
      published: results.flatMap(({ published }) => published),
      failed: results.flatMap(({ failed }) => failed),
    };
  };
}

async function putChunk(
  client: EventBridgeClient,
  busName: string,
  events: readonly PublishableEvent[],
): Promise<PublishResult> {
  const Entries = events.map(({ type, detail }) => ({
    EventBusName: busName,
    Source: eventSource,
    DetailType: type,
    Detail: JSON.stringify(detail),
  }));
  try {
    const response = await client.send(new PutEventsCommand({ Entries }));
    const results = events.map(({ id }, index) => ({
      id,
      error: response.Entries?.[index]?.ErrorCode,
    }));
    return {
      published: results.flatMap(({ id, error }) => (error === undefined ? [id] : [])),
      failed: results.flatMap(({ id, error }) => (error === undefined ? [] : [{ id, error }])),
    };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    return { published: [], failed: events.map(({ id }) => ({ id, error: name })) };
  }
}
