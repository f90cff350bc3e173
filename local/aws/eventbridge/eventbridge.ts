import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID } from '../account-id.ts';
import { checkPattern, matchesPattern } from './event-pattern.ts';

export interface PutEventsEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
}

export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Rule {
  readonly bus: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly ((event: BusEvent) => Promise<unknown>)[];
}

export interface EventBuses {
  put(entries: readonly PutEventsEntry[]): Promise<{ FailedEntryCount: number; Entries: object[] }>;
  /** Returns every event since the start, like an archive. */
  events(): readonly (BusEvent & { readonly bus: string })[];
  /** Makes every call fail until it is called with false. */
  setDown(down: boolean): void;
}

export function makeEventBuses(
  busNames: readonly string[],
  rules: readonly Rule[],
  region: string,
): EventBuses {
  for (const { pattern } of rules) checkPattern(pattern);
  const events: (BusEvent & { readonly bus: string })[] = [];
  let isDown = false;

  async function putOne(entry: PutEventsEntry): Promise<object> {
    const bus = busNameIn(entry.EventBusName ?? 'default');
    const error = validate(entry, bus, busNames);
    if (error !== undefined) return error;
    const event = toEvent(entry, region);
    events.push({ ...event, bus });
    const targets = rules
      .filter((rule) => rule.bus === bus && matchesPattern(rule.pattern, event))
      .flatMap((rule) => rule.targets);
    // PutEvents succeeds even if a target fails, as in AWS.
    await Promise.allSettled(targets.map((deliver) => deliver(event)));
    return { EventId: event.id };
  }

  return {
    async put(entries) {
      if (isDown) throw new Error('The event bus is down.');
      const Entries = await Promise.all(entries.map(putOne));
      return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
    },
    events: () => events,
    setDown(down) {
      isDown = down;
    },
  };
}

function validate(
  { Source, DetailType, Detail }: PutEventsEntry,
  bus: string,
  busNames: readonly string[],
) {
  if (!Source || !DetailType || !Detail)
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Source, DetailType and Detail are required.',
    };
  if (!isJsonObject(Detail))
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  if (!busNames.includes(bus))
    return {
      ErrorCode: 'ResourceNotFoundException',
      ErrorMessage: `Event bus ${bus} does not exist.`,
    };
  return undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function toEvent(
  { Source = '', DetailType = '', Detail = '{}', Resources = [] }: PutEventsEntry,
  region: string,
): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: ACCOUNT_ID,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region,
    resources: Resources,
    detail: JSON.parse(Detail),
  };
}

/** Returns the name of a bus from its name or its ARN. */
export const busNameIn = (nameOrArn: string): string =>
  nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
