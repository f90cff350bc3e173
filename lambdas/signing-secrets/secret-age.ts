import { secretAgeLimits } from '../catalog/secret-limits.ts';
import { ageMs } from '../platform/age.ts';

export type Standing = 'fresh' | 'remind' | 'overdue';

export interface SecretAge {
  readonly standing: Standing;
  readonly ageSeconds: number;
  /** From when on people are reminded, and from when on they are woken. */
  readonly remindAt: Date;
  readonly alarmAt: Date;
}

const DAY_MS = 86_400_000;

/** A version that a clock says is of the future is new. */
export function judgeAge(createdAt: Date, now: Date): SecretAge {
  const remindAt = daysAfter(createdAt, secretAgeLimits.remindAtDays);
  const alarmAt = daysAfter(createdAt, secretAgeLimits.alarmPastDays);
  const ageSeconds = ageMs(createdAt, now) / 1_000;
  return {
    standing: now > alarmAt ? 'overdue' : now >= remindAt ? 'remind' : 'fresh',
    ageSeconds,
    remindAt,
    alarmAt,
  };
}

export const wholeDays = (seconds: number): number => Math.floor((seconds * 1_000) / DAY_MS);

const daysAfter = (date: Date, days: number) => new Date(date.getTime() + days * DAY_MS);
