/**
 * Age limits of a webhook signing secret, in days. Reminder mails start at `remindAtDays`; the
 * alarm `secret-age` triggers past `alarmPastDays`.
 */
export const secretAgeLimits = { remindAtDays: 166, alarmPastDays: 180 } as const;
