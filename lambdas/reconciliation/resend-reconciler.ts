import { log } from '../platform/logger.ts';
import { makeFailureLimit } from './failure-limit.ts';
import {
  findAttempts,
  findKnownEvents,
  type MissedEvent,
  markRecovered,
  recordAttempt,
} from './missed-events.queries.ts';
import type { CountReconciled, Reconcile, ReconcilerContext } from './reconciler.ts';
import { enqueueReconciled } from './recover-event.ts';
import type {
  ListedEvent,
  ListedPage,
  ListedWebhook,
  ResendEventsApi,
} from './resend-events-api.ts';
import {
  advancePass,
  agreedAfter,
  chooseRecovery,
  comparedEvents,
  isLastPage,
  type ResendPass,
  resendPassSchema,
  startPass,
} from './resend-pass.ts';

const provider = 'resend';

/** Reads Resend's list of events back to the last agreed moment, and recovers missing events. */
export function makeResendReconciler(api: ResendEventsApi): Reconcile {
  return async function reconcileResend(context, count) {
    const { progress, call, save, now } = context;
    const webhook = await call(() => api.findWebhook());
    // The job check-endpoints pages: without a webhook there is no list to compare.
    if (webhook === undefined)
      return log.warn('Resend has no webhook for this route', { provider });
    const comparePage = makeComparePage(api, webhook, context, count);
    const saved = resendPassSchema.parse(progress.pass ?? null);
    let pass =
      saved?.webhookId === webhook.id ? saved : startPass(webhook.id, progress.agreedUntil, now());
    for (;;) {
      const { after } = pass;
      const page = await call(() => api.list(webhook.id, after));
      if (page === undefined) {
        // The position is no longer in the list. The next run starts a new pass.
        await save({ ...progress, pass: null });
        throw new Error('Resend does not know the position in its list; a new pass starts.');
      }
      const open = await comparePage(pass, page);
      pass = advancePass(pass, page, open);
      if (isLastPage(pass, page)) break;
      await save({ ...progress, pass });
    }
    await save({ agreedUntil: agreedAfter(pass), pass: null });
  };
}

/** @returns the function that recovers the missing events of a page and returns them. */
function makeComparePage(
  api: ResendEventsApi,
  webhook: ListedWebhook,
  context: ReconcilerContext,
  count: CountReconciled,
) {
  const { pool } = context;
  const failures = makeFailureLimit(count);
  return async (pass: ResendPass, page: ListedPage): Promise<readonly ListedEvent[]> => {
    const compared = comparedEvents(pass, page);
    const db = await pool();
    const ids = compared.map(({ id }) => id);
    const known = await findKnownEvents(db, provider, ids);
    const missing = compared.filter(({ id }) => !known.has(id));
    const attempts = await findAttempts(
      db,
      provider,
      missing.map(({ id }) => id),
    );
    count({ compared: compared.length });
    const open: ListedEvent[] = [];
    for (const event of missing.toReversed()) {
      const earlier = attempts.get(event.id) ?? 0;
      const recovery = chooseRecovery(earlier, webhook.isEnabled);
      if (recovery === 'leave') {
        count({ failed: 1 });
        log.error('Missed event cannot be recovered', { provider, eventId: event.id, earlier });
        continue;
      }
      open.push(event);
      const work = { api, webhook, recovery };
      await failures.guard(event.id, () => recover(event, work, context));
    }
    return open;
  };
}

interface RecoveryWork {
  readonly api: ResendEventsApi;
  readonly webhook: ListedWebhook;
  readonly recovery: 'replay' | 'enqueue';
}

async function recover(
  { id: eventId, type, createdAt: occurredAt }: ListedEvent,
  { api, webhook, recovery }: RecoveryWork,
  context: ReconcilerContext,
): Promise<void> {
  const { pool, call, now } = context;
  const missed: MissedEvent = { provider, eventId, type, occurredAt };
  if (recovery === 'replay') {
    await recordAttempt(await pool(), missed, 'replayed', now());
    if (await call(() => api.replay(webhook.id, eventId))) {
      await markRecovered(await pool(), missed, now());
      return log.warn('Missed event is delivered again', { provider, eventId, eventType: type });
    }
  }
  await recordAttempt(await pool(), missed, 'enqueued', now());
  const body = await call(() => api.body(webhook.id, eventId));
  if (body === undefined)
    return log.warn('Resend does not return the missed event', { provider, eventId });
  await enqueueReconciled(context, missed, body);
}
