import { afterEach, expect, test } from '@jest/globals';
import {
  type Scheduler,
  type ScheduleSettings,
  startScheduler,
} from '../../../../local/aws/eventbridge/scheduler.ts';

const start = new Date('2026-11-29T00:00:00Z');
const later = new Date('2026-11-29T00:20:00Z');
let scheduler: Scheduler | undefined;
afterEach(() => scheduler?.stop());

const invoked: unknown[] = [];
const schedule = (name: string, minutes: number, input = '{}'): ScheduleSettings => ({
  name,
  arn: `arn:${name}`,
  expression: `rate(${minutes} minutes)`,
  timezone: 'UTC',
  input,
  invoke: (event) => void invoked.push(event),
});

test('keeps the next run of a schedule with the same times, and plans new ones', () => {
  scheduler = startScheduler([schedule('same', 60), schedule('changed', 60)], start);

  scheduler.replace(
    [schedule('same', 60, '{"n":2}'), schedule('changed', 30), schedule('new', 30)],
    later,
  );

  expect(scheduler.upcoming().map(({ name, next }) => [name, next?.toISOString()])).toEqual([
    ['same', '2026-11-29T01:00:00.000Z'],
    ['changed', '2026-11-29T00:50:00.000Z'],
    ['new', '2026-11-29T00:50:00.000Z'],
  ]);
  expect(scheduler.runNow('same')).toBe(true);
  expect(invoked).toEqual([{ n: 2 }]);
});

test('removes a schedule', () => {
  scheduler = startScheduler([schedule('old', 60)], start);

  scheduler.replace([], later);

  expect(scheduler.upcoming()).toEqual([]);
  expect(scheduler.runNow('old')).toBe(false);
});
