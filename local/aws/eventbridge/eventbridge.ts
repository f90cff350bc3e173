import { randomUUID } from 'node:crypto';
import { parseJsonObject } from '../../../lambdas/platform/json.ts';
import { ACCOUNT_ID } from '../account-id.ts';
import type { BusEvent } from './bus-event.ts';
import { type DeliveryStore, storeInMemory } from './delivery-store.ts';
import { checkPattern, matchesPattern } from './event-pattern.ts';
import { type BusTarget, makeTargetDelivery } from './target-delivery.ts';

export interface PutEventsEntry {
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  readonly Detail?: string | undefined;
  readonly EventBusName?: string | undefined;
  readonly Resources?: readonly string[] | undefined;
  readonly Time?: unknown;
}

export interface Rule {
  readonly bus: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly BusTarget[];
}

export interface PutEventsResult {
  readonly EventId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

/** EventBridge rejected the whole call; no entry was accepted. */
export class ValidationException extends Error {
  readonly $metadata = { httpStatusCode: 400 };

  constructor(message: string) {
    super(message);
    this.name = 'ValidationException';
  }
}

export interface EventBuses {
  /** @throws ValidationException if the call exceeds a limit of EventBridge. */
  put(
    entries: readonly PutEventsEntry[],
  ): Promise<{ readonly FailedEntryCount: number; readonly Entries: readonly PutEventsResult[] }>;
  /** Returns every event since the start, like an archive. */
  events(): readonly (BusEvent & { readonly bus: string })[];
  /** Makes every call fail until it is called with false. */
  setDown(down: boolean): void;
  /** Counts the events that wait for the next attempt to deliver them to a target. */
  pendingDeliveries(): number;
  /** Changes buses and rules. The events of a removed bus remain in `events`. */
  replace(definition: BusDefinition): void;
  /** Stops the retries. A durable store delivers its events at the next start. */
  stop(): void;
}

export interface BusDefinition {
  readonly busNames: readonly string[];
  readonly rules: readonly Rule[];
}

export interface EventBusOptions extends BusDefinition {
  readonly region: string;
  /** Keeps events until their targets accept them. @default in memory */
  readonly store?: DeliveryStore;
  /** Multiplies the backoff and the maximum age. */
  readonly timeScale?: number;
  readonly warn?: (line: string) => void;
}

export function makeEventBuses({
  region,
  store = storeInMemory(),
  timeScale = 1,
  warn = () => {},
  ...first
}: EventBusOptions): EventBuses {
  let definition: BusDefinition = first;
  const targets = targetsOf(definition);
  const delivery = makeTargetDelivery({ targets, store, timeScale, warn });
  checkPatterns(definition);
  const events: (BusEvent & { readonly bus: string })[] = [];
  let isDown = false;

  async function putOne(entry: PutEventsEntry): Promise<PutEventsResult> {
    const bus = busNameIn(entry.EventBusName ?? 'default');
    const error = validate(entry, bus, definition.busNames);
    if (error !== undefined) return error;
    const event = toEvent(entry, region);
    events.push({ ...event, bus });
    const matching = definition.rules
      .filter((rule) => rule.bus === bus && matchesPattern(rule.pattern, event))
      .flatMap((rule) => rule.targets);
    // PutEvents succeeds even if a target fails, as in AWS.
    await Promise.all(matching.map((target) => delivery.deliver(target, event)));
    return { EventId: event.id };
  }

  return {
    async put(entries) {
      if (isDown) throw new Error('The event bus is down.');
      checkLimits(entries);
      const Entries = await Promise.all(entries.map(putOne));
      return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
    },
    events: () => events,
    setDown(down) {
      isDown = down;
    },
    pendingDeliveries: () => delivery.pending(),
    replace(next) {
      checkPatterns(next);
      definition = next;
      delivery.replaceTargets(targetsOf(next));
    },
    stop: () => delivery.stop(),
  };
}

const targetsOf = ({ rules }: BusDefinition) => rules.flatMap(({ targets }) => targets);

function checkPatterns({ rules }: BusDefinition): void {
  for (const { pattern } of rules) checkPattern(pattern);
}

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const MAX_ENTRIES = 10;
const MAX_BYTES = 1_048_576;
const MAX_DETAIL_TYPE_CHARACTERS = 128;

/** Checks the limits that EventBridge applies to a call before it reads any entry. */
function checkLimits(entries: readonly PutEventsEntry[]): void {
  if (entries.length === 0 || entries.length > MAX_ENTRIES)
    throw new ValidationException(
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: ` +
        `Member must have length between 1 and ${MAX_ENTRIES}`,
    );
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes > MAX_BYTES)
    throw new ValidationException('Total size of the entries in the request is over the limit.');
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function sizeOf({ Time, Source, DetailType, Detail, Resources = [] }: PutEventsEntry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    Time === undefined ? 0 : 14,
  );
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
  if (DetailType.length > MAX_DETAIL_TYPE_CHARACTERS)
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `DetailType is longer than ${MAX_DETAIL_TYPE_CHARACTERS} characters.`,
    };
  if (parseJsonObject(Detail) === undefined)
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  if (!busNames.includes(bus))
    return {
      ErrorCode: 'ResourceNotFoundException',
      ErrorMessage: `Event bus ${bus} does not exist.`,
    };
  return undefined;
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
