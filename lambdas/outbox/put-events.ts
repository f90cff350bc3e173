import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { eventSource } from '../catalog/domain-events.ts';
import { type CallLimits, callDeadline, clientLimits } from '../platform/aws/call-limits.ts';
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
const LIMITS: CallLimits = { attempts: 2, attemptMs: 2_000 };

/**
 * Returns a function that publishes events and reports a result for each event, as EventBridge may
 * accept only some entries of a call. The function never throws.
 */
export function makePublishEvents(busName: string, limits = LIMITS): PublishEvents {
  const client = new EventBridgeClient(clientLimits(limits));
  const put = (command: PutEventsCommand) => client.send(command, callDeadline(limits));
  return async function publishEvents(events) {
    const results = await Promise.all(
      chunksOf(events, ENTRIES_PER_CALL).map((chunk) => putChunk(put, busName, chunk)),
    );
    return {
      published: results.flatMap(({ published }) => published),
      failed: results.flatMap(({ failed }) => failed),
    };
  };
}

async function putChunk(
  put: (command: PutEventsCommand) => Promise<PutEventsCommandOutput>,
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
    const response = await put(new PutEventsCommand({ Entries }));
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
