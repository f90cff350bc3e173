import { secretAgeLimits } from '../catalog/secret-limits.ts';
import { ageMs } from '../platform/age.ts';

export type SecretAgeStatus = 'fresh' | 'due' | 'overdue';

export interface SecretAge {
  readonly status: SecretAgeStatus;
  readonly ageSeconds: number;
  /** Time at which the weekly reminder mails begin. */
  readonly remindAt: Date;
  /** Time at which the alarm `secret-age` triggers. */
  readonly alarmAt: Date;
}

const DAY_MS = 86_400_000;

/** Compares a version's age with the limits. A creation time in the future counts as age 0. */
export function evaluateAge(createdAt: Date, now: Date): SecretAge {
  const remindAt = addDays(createdAt, secretAgeLimits.remindAtDays);
  const alarmAt = addDays(createdAt, secretAgeLimits.alarmPastDays);
  const ageSeconds = ageMs(createdAt, now) / 1_000;
  return { status: ageStatus(now, remindAt, alarmAt), ageSeconds, remindAt, alarmAt };
}

function ageStatus(now: Date, remindAt: Date, alarmAt: Date): SecretAgeStatus {
  if (now > alarmAt) return 'overdue';
  return now >= remindAt ? 'due' : 'fresh';
}

export const wholeDays = (seconds: number): number => Math.floor((seconds * 1_000) / DAY_MS);

const addDays = (date: Date, days: number) => new Date(date.getTime() + days * DAY_MS);
