import { randomUUID } from 'node:crypto';
import { nextRun } from './schedule-expression.ts';

export interface ScheduleSettings {
  readonly name: string;
  readonly arn: string;
  readonly expression: string;
  readonly timezone: string;
  /** Input of the target, with the context attributes of Scheduler not yet replaced. */
  readonly input: string | undefined;
  readonly invoke: (event: unknown) => void;
}

export interface UpcomingRun {
  readonly name: string;
  readonly expression: string;
  readonly timezone: string;
  readonly next: Date | undefined;
}

export interface Scheduler {
  upcoming(): readonly UpcomingRun[];
  /**
   * Runs the target of a schedule now. @param at Scheduled time that the target receives.
   * @returns false if there is no such schedule.
   */
  runNow(name: string, at?: Date): boolean;
  /** Changes the schedules. The next run of a schedule with the same times remains planned. */
  replace(schedules: readonly ScheduleSettings[], now: Date): void;
  stop(): void;
}

/** Limit of setTimeout: a longer delay overflows and fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** @param schedulesEnabled If false, only `runNow` runs a schedule. */
export function startScheduler(
  first: readonly ScheduleSettings[],
  startedAt: Date,
  schedulesEnabled = true,
): Scheduler {
  let schedules = first;
  const named = (name: string) => schedules.find((candidate) => candidate.name === name);
  const timers = new Map<string, NodeJS.Timeout>();
  const next = new Map<string, Date | undefined>();

  function plan(schedule: ScheduleSettings, from: Date): void {
    const at = nextRun(schedule.expression, schedule.timezone, from);
    next.set(schedule.name, at);
    if (at !== undefined) wait(schedule, at);
  }

  function wait(schedule: ScheduleSettings, at: Date): void {
    const delay = at.getTime() - Date.now();
    const timer = setTimeout(
      () => {
        if (delay > MAX_DELAY_MS) return wait(schedule, at);
        const current = named(schedule.name) ?? schedule;
        run(current, at);
        // After a suspend, the machine runs a schedule once, not once for each missed time.
        plan(current, new Date(Math.max(at.getTime(), Date.now() - 1000)));
      },
      Math.min(Math.max(delay, 0), MAX_DELAY_MS),
    );
    timers.set(schedule.name, timer);
  }

  function cancel({ name }: ScheduleSettings): void {
    clearTimeout(timers.get(name));
    timers.delete(name);
    next.delete(name);
  }

  if (schedulesEnabled) for (const schedule of schedules) plan(schedule, startedAt);

  return {
    upcoming: () => schedules.map((schedule) => toRun(schedule, next.get(schedule.name))),
    runNow(name, at = new Date()) {
      const schedule = named(name);
      if (schedule !== undefined) run(schedule, at);
      return schedule !== undefined;
    },
    replace(following, now) {
      const before = schedules;
      schedules = following;
      if (!schedulesEnabled) return;
      for (const old of before) if (!following.some((one) => hasSameTimes(one, old))) cancel(old);
      for (const schedule of following) if (!next.has(schedule.name)) plan(schedule, now);
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

const toRun = (
  { name, expression, timezone }: ScheduleSettings,
  next: Date | undefined,
): UpcomingRun => ({ name, expression, timezone, next });

const hasSameTimes = (one: ScheduleSettings, other: ScheduleSettings): boolean =>
  one.name === other.name && one.expression === other.expression && one.timezone === other.timezone;

function run(schedule: ScheduleSettings, at: Date): void {
  schedule.invoke(JSON.parse(replaceContextAttributes(schedule, at)));
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function replaceContextAttributes({ input = '{}', arn }: ScheduleSettings, at: Date): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', `${at.toISOString().slice(0, 19)}Z`)
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}
