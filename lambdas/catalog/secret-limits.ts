/** How old a webhook's signing secret may become, in days. From the first on people are reminded, past the second woken. */
export const secretAgeLimits = { remindAtDays: 166, alarmPastDays: 180 } as const;
