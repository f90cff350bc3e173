import {
  type ExpireShareLinksDeps,
  makeExpireShareLinks,
} from '../../lambdas/share-links/expire-share-links.ts';
import type { useDatabase } from './postgres/database.ts';

export const name = 'expire-share-links';

/** When the run is due that tests are about. */
export const due = new Date('2026-03-01T10:00:00.000Z');
export const msBefore = (ms: number) => new Date(due.getTime() - ms);

export const anHour = { scheduledAt: due, remainingMs: () => 3_600_000 };

/** As long as it has been asked so often. */
export function timeFor(questions: number) {
  let asked = 0;
  return { scheduledAt: due, remainingMs: () => (asked++ < questions ? 1_000 : -1) };
}

/** Without a digest, unless `settings` say otherwise. */
export function expirerOn(database: ReturnType<typeof useDatabase>) {
  return (settings: Partial<ExpireShareLinksDeps> = {}) =>
    makeExpireShareLinks({
      pool: async () => database.pool,
      digest: false,
      job: { name, timeoutSeconds: 600 },
      now: () => new Date('2026-03-01T10:00:07Z'),
      ...settings,
    });
}
