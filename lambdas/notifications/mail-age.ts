// A mail about an older event is of no use. The portal still shows the notification.
const MAX_AGE_MS = 3 * 24 * 3_600_000;

/** @param requestedAt Time of the first request of the mail, or of its last resend. */
export function isTooOld(requestedAt: Date, now: Date): boolean {
  return now.getTime() - requestedAt.getTime() > MAX_AGE_MS;
}
