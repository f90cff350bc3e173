import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { eventSource } from '../catalog/domain-events.ts';
import { type CallLimits, callDeadline, clientLimits } from '../platform/aws/call-limits.ts';
import { chunkEntries, DEFAULT_CALL_BYTES } from './event-chunks.ts';
import { callFailure, entryFailure, type PublishFailure } from './publish-failure.ts';

export interface PublishableEvent {
  readonly id: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export type FailedEvent = PublishFailure & { readonly id: string };

export interface PublishResult {
  readonly published: readonly string[];
  readonly failed: readonly FailedEvent[];
}

export type PublishEvents = (events: readonly PublishableEvent[]) => Promise<PublishResult>;

/** Sends one call. Returns a result for each entry; throws if the whole call failed. */
export type PutEntries = (
  entries: PutEventsRequestEntry[],
) => Promise<readonly PutEventsResultEntry[]>;

// A chunk takes at most two calls: the whole chunk, and each entry alone. So publishing takes at
// most 8 s, which the time of a relay round and of a processor includes.
const LIMITS: CallLimits = { attempts: 2, attemptMs: 2_000 };

/** @param callBytes Size limit of one call; setting `eventBusCallBytes` of the stage. */
export function makePublishEvents(
  busName: string,
  callBytes = DEFAULT_CALL_BYTES,
  limits = LIMITS,
): PublishEvents {
  const client = new EventBridgeClient(clientLimits(limits));
  return makePublishInChunks(busName, callBytes, async (Entries) => {
    const response = await client.send(new PutEventsCommand({ Entries }), callDeadline(limits));
    return response.Entries ?? [];
  });
}

interface Item {
  readonly id: string;
  readonly entry: PutEventsRequestEntry;
}

/** Result of one entry. `failure` is undefined if EventBridge accepted the entry. */
interface EntryResult {
  readonly id: string;
  readonly failure: PublishFailure | undefined;
}

/**
 * Returns a function that publishes events in calls within EventBridge's limits and reports a
 * result for each event. The function never throws.
 */
export function makePublishInChunks(
  busName: string,
  callBytes: number,
  put: PutEntries,
): PublishEvents {
  return async function publishEvents(events) {
    const items = events.map(({ id, type, detail }) => ({
      id,
      entry: {
        EventBusName: busName,
        Source: eventSource,
        DetailType: type,
        Detail: JSON.stringify(detail),
      },
    }));
    const chunks = chunkEntries(items, callBytes);
    const results = (await Promise.all(chunks.map((chunk) => putChunk(put, chunk)))).flat();
    return {
      published: results.flatMap(({ id, failure }) => (failure === undefined ? [id] : [])),
      failed: results.flatMap(({ id, failure }) =>
        failure === undefined ? [] : [{ id, ...failure }],
      ),
    };
  };
}

/**
 * Sends one call. Repeats a rejected call entry by entry, because one invalid entry makes
 * EventBridge reject the valid ones of the same call.
 */
async function putChunk(put: PutEntries, chunk: readonly Item[]): Promise<readonly EntryResult[]> {
  try {
    const results = await put(chunk.map(({ entry }) => entry));
    return chunk.map(({ id }, index) => ({ id, failure: failureOf(results[index]) }));
  } catch (error) {
    const failure = callFailure(error);
    if (failure.kind === 'unavailable' || chunk.length === 1)
      return chunk.map(({ id }) => ({ id, failure }));
    return (await Promise.all(chunk.map((one) => putChunk(put, [one])))).flat();
  }
}

/** Counts an entry as accepted only if EventBridge returned an id for it. */
function failureOf(result: PutEventsResultEntry | undefined): PublishFailure | undefined {
  if (result?.ErrorCode !== undefined) return entryFailure(result.ErrorCode);
  return result?.EventId === undefined ? { kind: 'unavailable', error: 'no-result' } : undefined;
}
