import {
  type ExpireShareLinksDeps,
  makeExpireShareLinks,
} from '../../../lambdas/share-links/expire-share-links.ts';
import type { useDatabase } from '../postgres/database.ts';

export const name = 'expire-share-links';

/** Scheduled time of the tested run. */
export const due = new Date('2026-03-01T10:00:00.000Z');
export const msBefore = (ms: number) => new Date(due.getTime() - ms);

export const anHour = { scheduledAt: due, remainingMs: () => 3_600_000 };

/** Returns a job whose time is up after this number of calls of `remainingMs`. */
export function timeFor(calls: number) {
  let called = 0;
  return { scheduledAt: due, remainingMs: () => (called++ < calls ? 1_000 : -1) };
}

/** Creates the job on the database of the test, by default without a digest. */
export function expirerOn(database: ReturnType<typeof useDatabase>) {
  return (deps: Partial<ExpireShareLinksDeps> = {}) =>
    makeExpireShareLinks({
      pool: async () => database.pool,
      digest: false,
      job: { name, timeoutSeconds: 600 },
      now: () => new Date('2026-03-01T10:00:07Z'),
      ...deps,
    });
}
