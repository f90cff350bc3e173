import { randomUUID } from 'node:crypto';
import type { BusEvent } from './bus-event.ts';
import type { DeliveryStore, PendingDelivery } from './delivery-store.ts';

/** Target of a rule, with the retry policy of the template. */
export interface BusTarget {
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  deliver(event: BusEvent): Promise<unknown>;
  /** Sends an event that could not be delivered to the target's dead-letter queue. */
  readonly sendDeadLetter?: (
    event: BusEvent,
    attributes: Readonly<Record<string, string>>,
  ) => Promise<unknown>;
}

export interface TargetDeliveryOptions {
  readonly targets: readonly BusTarget[];
  readonly store: DeliveryStore;
  readonly timeScale: number;
  readonly warn: (line: string) => void;
}

export interface TargetDelivery {
  /** Changes the targets. An event that waits for a removed target is still delivered there. */
  replaceTargets(targets: readonly BusTarget[]): void;
  /** Makes the first attempt; a failed one is retried in the background. Never throws. */
  deliver(target: BusTarget, event: BusEvent): Promise<void>;
  /** Counts the events that wait for their next attempt. */
  pending(): number;
  /** Drops retries that are not due; the store keeps their events. */
  stop(): void;
}

const MAX_BACKOFF_MS = 300_000;

const keyOf = ({ ruleArn, targetArn }: BusTarget) => `${ruleArn} ${targetArn}`;

/**
 * Delivers events to targets as EventBridge does: retries with exponential backoff and jitter until
 * the attempts or the age of the policy are exhausted. Then the event becomes a dead letter.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
export function makeTargetDelivery(options: TargetDeliveryOptions): TargetDelivery {
  const { targets, store, timeScale } = options;
  const byKey = new Map(targets.map((target) => [keyOf(target), target]));
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  async function attempt(target: BusTarget, delivery: PendingDelivery): Promise<void> {
    try {
      await target.deliver(delivery.event);
      store.remove(delivery.id);
    } catch (error) {
      await handleFailure(target, { ...delivery, attempts: delivery.attempts + 1 }, error);
    }
  }

  async function handleFailure(target: BusTarget, delivery: PendingDelivery, error: unknown) {
    // Stored before PutEvents returns, so that an accepted event is never lost.
    store.put(delivery);
    const condition = exhaustedCondition(target, delivery, timeScale, Date.now());
    if (condition === undefined) return schedule(target, delivery);
    await abandon(target, delivery, condition, error, options.warn);
    store.remove(delivery.id);
  }

  function schedule(target: BusTarget, delivery: PendingDelivery): void {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(byKey.get(delivery.target) ?? target, delivery);
    }, backoffMs(delivery.attempts, Math.random()) * timeScale);
    timers.add(timer);
  }

  for (const delivery of store.all()) {
    const target = byKey.get(delivery.target);
    if (target === undefined) options.warn(describeOrphan(delivery));
    else schedule(target, delivery);
  }
  return {
    replaceTargets(next) {
      for (const target of next) byKey.set(keyOf(target), target);
    },
    deliver: (target, event) =>
      attempt(target, {
        id: randomUUID(),
        target: keyOf(target),
        event,
        acceptedAt: Date.now(),
        attempts: 0,
      }),
    pending: () => store.all().length,
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

const describeOrphan = ({ target, event }: PendingDelivery) =>
  `A stored event has no target any more: ${target}, ${event.id}`;

/** @param random Number from 0 to 1, for the jitter. */
export const backoffMs = (attempts: number, random: number): number =>
  Math.min(1_000 * 2 ** (attempts - 1), MAX_BACKOFF_MS) * (0.5 + random / 2);

/** Returns the limit that the delivery has reached, in the words of EventBridge. */
export function exhaustedCondition(
  { maximumRetryAttempts, maximumEventAgeSeconds }: BusTarget,
  { attempts, acceptedAt }: PendingDelivery,
  timeScale: number,
  now: number,
): 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined {
  if (attempts > maximumRetryAttempts) return 'MaximumRetryAttempts';
  return now - acceptedAt >= maximumEventAgeSeconds * 1_000 * timeScale
    ? 'MaximumEventAgeInSeconds'
    : undefined;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
async function abandon(
  target: BusTarget,
  { event, attempts }: PendingDelivery,
  condition: string,
  error: unknown,
  warn: (line: string) => void,
): Promise<void> {
  const { ruleArn, targetArn, sendDeadLetter } = target;
  const described = `Event ${event.id} (${event['detail-type']}) was not delivered to ${targetArn}`;
  if (sendDeadLetter === undefined)
    return warn(`${described}: ${condition}. The target has no dead-letter queue.`);
  const attributes = {
    RULE_ARN: ruleArn,
    TARGET_ARN: targetArn,
    ERROR_CODE: 'SDK_CLIENT_ERROR',
    ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
    EXHAUSTED_RETRY_CONDITION: condition,
    RETRY_ATTEMPTS: String(attempts - 1),
  };
  try {
    await sendDeadLetter(event, attributes);
  } catch {
    warn(`${described}: ${condition}. Its dead-letter queue did not accept it either.`);
  }
}
