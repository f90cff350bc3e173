import type { LocalInstance } from '../../local/local-instance.ts';
import { type Consequences, waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import { type MuxAsset, type MuxEvent, muxEvent } from '../../local/sandbox/mux-events.ts';
import { type DeliveryOptions, postTimes } from '../../local/sandbox/webhook.ts';
import { describeConsequences, describeResponses } from '../print-consequences.ts';
import type { Expectations } from './expectations.ts';

export interface DemoStep {
  readonly heading: string;
  run(demo: Demo): Promise<void>;
}

export interface Demo {
  readonly local: LocalInstance;
  readonly expectations: Expectations;
}

export interface PostedEvent extends Consequences {
  readonly codes: readonly number[];
}

/** Posts an event as Mux does, prints its consequences, and returns them. */
export async function post(
  { local, expectations }: Demo,
  event: MuxEvent,
  times = 1,
  options: DeliveryOptions = {},
): Promise<PostedEvent> {
  expectations.print([`  ${event.type}`]);
  const responses = await postTimes(local.mux, event, times, options);
  expectations.print(describeResponses(responses).map(indent));
  const isAccepted = responses.some(({ statusCode }) => statusCode === 200);
  // A rejected event has no consequences to wait for.
  const limitMs = isAccepted ? undefined : 0;
  const consequences = await waitUntilComplete(local.inspect, 'mux', event.id, limitMs);
  if (isAccepted) expectations.print(describeConsequences(consequences).map(indent));
  return { ...consequences, codes: responses.map(({ statusCode }) => statusCode) };
}

export const indent = (line: string) => `  ${line}`;

export const recipients = ({ mails }: Consequences) => mails.flatMap(({ to }) => to).sort();

export const eventTypes = ({ domainEvents }: Consequences) =>
  domainEvents.map((event) => event['detail-type']).sort();

/** Builds events in the order of their types, one second apart, the last one second ago. */
export function eventsOf(asset: MuxAsset, ...types: readonly string[]): readonly MuxEvent[] {
  return types.map((type, index) =>
    muxEvent(type, asset, new Date(Date.now() - (types.length - index) * 1000)),
  );
}
