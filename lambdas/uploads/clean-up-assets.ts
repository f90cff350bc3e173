import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import { insertNotifications } from '../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { Clock } from '../platform/clock.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { composeTimedOutMessages, timedOutReason } from './timed-out-messages.ts';
import {
  cancelTimedOutUploads,
  countTimedOutUploads,
  removeExpiredPlaybackUrls,
} from './timed-out-uploads.queries.ts';

export interface CleanUpAssetsDeps {
  readonly pool: GetPool;
  readonly now: Clock;
}

/**
 * Time after the expiry of an upload URL. Mux lets an upload finish that began before, and its
 * event may arrive late. A video whose event arrives even later becomes ready all the same.
 */
const GRACE_SECONDS = 3_600;
const ROWS_PER_TRANSACTION = 500;
const TRANSACTION_MS = 5_000;

/**
 * Cancels uploads whose URL expired without a file, and mails their owners. Mux sends no event for
 * such an upload. Also removes playback URLs that no longer play.
 */
export function makeCleanUpAssets({ pool, now }: CleanUpAssetsDeps) {
  return async function cleanUpAssets(job: RunningJob): Promise<JobCounts> {
    const expiredBefore = new Date(job.scheduledAt.getTime() - GRACE_SECONDS * 1_000);
    const UploadsTimedOut = await repeat(job, () => cancelChunk(expiredBefore));
    const PlaybackUrlsExpired = await repeat(job, async () =>
      removeExpiredPlaybackUrls(await pool(), now(), ROWS_PER_TRANSACTION),
    );
    const UploadsRemaining = await countTimedOutUploads(await pool(), expiredBefore);
    return { UploadsTimedOut, PlaybackUrlsExpired, UploadsRemaining };
  };

  async function cancelChunk(expiredBefore: Date): Promise<number> {
    const selection = {
      expiredBefore,
      reason: timedOutReason,
      limit: ROWS_PER_TRANSACTION,
    };
    return inTransaction(await pool(), async (tx) => {
      const uploads = await cancelTimedOutUploads(tx, selection, now());
      const { notifications, outbox } = composeTimedOutMessages(uploads, now());
      tx.deferUntilCommit(
        Promise.all([insertNotifications(tx, notifications), insertOutboxEntries(tx, outbox)]),
      );
      return uploads.length;
    });
  }
}

/** Repeats a chunk until one is not full or no time is left. @returns the sum of the chunks. */
async function repeat(
  { remainingMs }: RunningJob,
  runChunk: () => Promise<number>,
): Promise<number> {
  let total = 0;
  while (remainingMs() > TRANSACTION_MS) {
    const count = await runChunk();
    total += count;
    if (count < ROWS_PER_TRANSACTION) break;
  }
  return total;
}
