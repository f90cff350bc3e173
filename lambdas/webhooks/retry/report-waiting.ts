import { MAX_REDRIVES } from '../../catalog/retry-limits.ts';
import { insertNotifications } from '../../notifications/notifications.queries.ts';
import {
  insertOutboxEntries,
  markPublished,
  type OutboxEntry,
} from '../../outbox/outbox.queries.ts';
import { makePublishOutbox } from '../../outbox/publish-outbox.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { isOurFault } from '../failure-kind.ts';
import {
  findReportedCodes,
  lockUnreportedWaiting,
  markWaiting,
} from '../reported-events.queries.ts';
import type { EscalateDeps } from './escalate-exhausted.ts';
import { composeWaitingReport } from './waiting-report.ts';

/**
 * Tells the reliability partner once about each fault of this system that events wait for after
 * their redrives. The events stay in retry. Further events with a reported fault are only marked.
 * @returns the number of events that were found waiting.
 */
export async function reportWaiting(deps: EscalateDeps, limit: number): Promise<number> {
  const { pool, publish, now } = deps;
  const { events, outbox } = await recordReport(deps, limit);
  const publishOutbox = makePublishOutbox({
    publish,
    mark: async (result) => markPublished(await pool(), result, now()),
    now,
  });
  await publishOutbox(outbox);
  return events;
}

async function recordReport(
  { pool, escalation, now }: EscalateDeps,
  limit: number,
): Promise<{ readonly events: number; readonly outbox: readonly OutboxEntry[] }> {
  return inTransaction(await pool(), async (tx) => {
    const [found, reportedCodes] = await Promise.all([
      lockUnreportedWaiting(tx, limit, MAX_REDRIVES),
      findReportedCodes(tx),
    ]);
    const waiting = found.filter(({ errorCode }) => isOurFault(errorCode));
    const news = waiting.filter(({ errorCode }) => !reportedCodes.has(errorCode));
    const { notifications, outbox } = composeWaitingReport(news, escalation, now());
    tx.deferUntilCommit(
      Promise.all([
        insertNotifications(tx, notifications),
        insertOutboxEntries(tx, outbox),
        markWaiting(tx, waiting, now()),
      ]),
    );
    return { events: waiting.length, outbox };
  });
}
