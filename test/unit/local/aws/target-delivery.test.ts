import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { BusEvent } from '../../../../local/aws/eventbridge/bus-event.ts';
import {
  type DeliveryStore,
  storeInFiles,
  storeInMemory,
} from '../../../../local/aws/eventbridge/delivery-store.ts';
import {
  type BusTarget,
  backoffMs,
  exhaustedCondition,
  makeTargetDelivery,
} from '../../../../local/aws/eventbridge/target-delivery.ts';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../../local/temporary-directory.ts';
import { aTarget } from '../../../support/aws/bus-target.ts';

const event = { id: 'event-1', 'detail-type': 'notification.requested' } as unknown as BusEvent;
let directory: TemporaryDirectory;

beforeEach(() => {
  directory = makeTemporaryDirectory('bus');
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
  directory.remove();
});

function deliveryTo(target: BusTarget, store: DeliveryStore = storeInMemory()) {
  const warnings: string[] = [];
  const warn = (line: string) => void warnings.push(line);
  const delivery = makeTargetDelivery({ targets: [target], store, timeScale: 1, warn });
  return { ...delivery, warnings };
}

test('retries a failing target until it accepts the event', async () => {
  let isDown = true;
  const deliver = jest.fn(async () => {
    if (isDown) throw new Error('503');
  });
  const target = aTarget(deliver);
  const delivery = deliveryTo(target);

  await delivery.deliver(target, event);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(delivery.pending()).toBe(1);
  expect(deliver.mock.calls.length).toBeGreaterThan(2);

  isDown = false;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(delivery.pending()).toBe(0);
  const calls = deliver.mock.calls.length;
  await jest.advanceTimersByTimeAsync(3_600_000);
  expect(deliver).toHaveBeenCalledTimes(calls);
});

test.each([
  [{ maximumRetryAttempts: 2 }, 'MaximumRetryAttempts', 3],
  [{ maximumRetryAttempts: 0 }, 'MaximumRetryAttempts', 1],
  [{ maximumEventAgeSeconds: 60 }, 'MaximumEventAgeInSeconds', expect.any(Number)],
])('sends the event to the dead-letter queue after %j', async (policy, condition, attempts) => {
  const deliver = jest.fn(() => Promise.reject(new Error('no queue')));
  const sendDeadLetter = jest.fn(async (_event: BusEvent, _attributes: object) => {});
  const target = aTarget(deliver, { ...policy, sendDeadLetter });
  const delivery = deliveryTo(target);

  await delivery.deliver(target, event);
  await jest.advanceTimersByTimeAsync(3_600_000);

  expect(deliver.mock.calls.length).toEqual(attempts);
  expect(sendDeadLetter).toHaveBeenCalledTimes(1);
  expect(sendDeadLetter).toHaveBeenCalledWith(
    event,
    expect.objectContaining({
      EXHAUSTED_RETRY_CONDITION: condition,
      RETRY_ATTEMPTS: String(deliver.mock.calls.length - 1),
      ERROR_MESSAGE: 'no queue',
      RULE_ARN: target.ruleArn,
      TARGET_ARN: target.targetArn,
    }),
  );
  expect(delivery.pending()).toBe(0);
});

test.each([
  ['has none', {}],
  ['fails too', { sendDeadLetter: () => Promise.reject(new Error('503')) }],
])('reports an abandoned event if the dead-letter queue %s', async (_, changes) => {
  const failing = () => Promise.reject(new Error('no queue'));
  const target = aTarget(failing, { maximumRetryAttempts: 0, ...changes });
  const delivery = deliveryTo(target);
  await delivery.deliver(target, event);

  expect(delivery.warnings).toEqual([expect.stringContaining('event-1')]);
  expect(delivery.pending()).toBe(0);
});

test('the next process delivers a stored event and counts its earlier attempts', async () => {
  const failing = aTarget(() => Promise.reject(new Error('503')));
  const first = deliveryTo(failing, storeInFiles(directory.path));
  await first.deliver(failing, event);
  first.stop();
  await jest.advanceTimersByTimeAsync(3_600_000);
  expect(storeInFiles(directory.path).all()).toMatchObject([{ event, attempts: 1 }]);

  const received: BusEvent[] = [];
  const healed = aTarget(async (given) => void received.push(given));
  const second = deliveryTo(healed, storeInFiles(directory.path));
  expect(second.pending()).toBe(1);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(received).toEqual([event]);
  expect(storeInFiles(directory.path).all()).toEqual([]);
});

test('a stored event whose target no longer exists is reported and kept', async () => {
  const old = aTarget(() => Promise.reject(new Error('503')), { targetArn: 'arn:old' });
  const first = deliveryTo(old, storeInFiles(directory.path));
  await first.deliver(old, event);
  first.stop();

  const second = deliveryTo(
    aTarget(async () => {}),
    storeInFiles(directory.path),
  );
  expect(second.warnings).toEqual([expect.stringContaining('arn:old, event-1')]);
  expect(second.pending()).toBe(1);
});

test('a half-written file of a killed process is ignored', () => {
  const store = storeInFiles(directory.path);
  store.put({ id: '1', target: 't', event, acceptedAt: 0, attempts: 1 });

  expect(existsSync(join(directory.path, '1.json'))).toBe(true);
  expect(existsSync(join(directory.path, '1.json.tmp'))).toBe(false);
});

test('the backoff grows to five minutes at most, and never falls below half a second', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, random) => {
        const ms = backoffMs(attempts, random);
        expect(ms).toBeGreaterThanOrEqual(500);
        expect(ms).toBeLessThanOrEqual(300_000);
      },
    ),
  );
});

test('the age counts in scaled time', () => {
  const target = aTarget(async () => {}, { maximumEventAgeSeconds: 100 });
  const delivery = { id: '1', target: 't', event, acceptedAt: 0, attempts: 1 };

  expect(exhaustedCondition(target, delivery, 0.01, 999)).toBeUndefined();
  expect(exhaustedCondition(target, delivery, 0.01, 1_000)).toBe('MaximumEventAgeInSeconds');
});
