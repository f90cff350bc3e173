import * as z from 'zod';
import { MAX_ATTEMPTS, MISSED_AFTER_MS } from './reconciler.ts';
import type { ListedEvent, ListedPage } from './resend-events-api.ts';

/** Position in Resend's list, which is read from the newest event to the last agreed moment. */
export interface ResendPass {
  readonly webhookId: string;
  /** Events after this time are left to the next pass: their delivery may be under way. */
  readonly until: Date;
  /** The pass ends at the first event that is not newer. */
  readonly since: Date;
  /** Event after which the list continues. */
  readonly after: string | null;
  /** Oldest event that was missing. It is not agreed before the ledger holds it. */
  readonly openSince: Date | null;
}

export const resendPassSchema = z
  .object({
    webhookId: z.string(),
    until: z.coerce.date(),
    since: z.coerce.date(),
    after: z.string().nullable(),
    openSince: z.coerce.date().nullable(),
  })
  .nullable()
  .catch(null);

const DAY_MS = 86_400_000;

/** Idempotency records live for 30 days. An older event could be applied twice. */
const LONGEST_LOOKBACK_MS = 28 * DAY_MS;

/** The first run ever looks back as far as an outage that nobody noticed may last. */
const FIRST_LOOKBACK_MS = 7 * DAY_MS;

/** Resend may list an event later than it happened. */
const OVERLAP_MS = 10 * 60_000;

export function startPass(webhookId: string, agreedUntil: Date | null, now: Date): ResendPass {
  const at = now.getTime();
  const agreed = agreedUntil === null ? at - FIRST_LOOKBACK_MS : agreedUntil.getTime() - OVERLAP_MS;
  return {
    webhookId,
    until: new Date(at - MISSED_AFTER_MS),
    since: new Date(Math.max(agreed, at - LONGEST_LOOKBACK_MS)),
    after: null,
    openSince: null,
  };
}

/** Returns the events of a page that the pass compares. */
export const comparedEvents = (
  { until, since }: ResendPass,
  { events }: ListedPage,
): readonly ListedEvent[] =>
  events.filter(({ createdAt }) => createdAt <= until && createdAt > since);

/** Returns the pass after a page. @param open Events that the ledger does not hold yet. */
export function advancePass(
  pass: ResendPass,
  { events }: ListedPage,
  open: readonly ListedEvent[],
): ResendPass {
  const times = open.map(({ createdAt }) => createdAt.getTime());
  const openSince = Math.min(...times, pass.openSince?.getTime() ?? Number.POSITIVE_INFINITY);
  return {
    ...pass,
    after: events.at(-1)?.id ?? pass.after,
    openSince: Number.isFinite(openSince) ? new Date(openSince) : null,
  };
}

/** Returns true if no older page can hold an event of the pass. */
export function isLastPage({ since }: ResendPass, { events, hasMore }: ListedPage): boolean {
  const oldest = events.at(-1);
  return !hasMore || oldest === undefined || oldest.createdAt <= since;
}

/** Returns the time until which ledger and list agree after the pass. */
export const agreedAfter = ({ until, openSince }: ResendPass): Date =>
  openSince === null ? until : new Date(Math.min(until.getTime(), openSince.getTime() - 1));

/**
 * Chooses how an event is recovered. Resend delivers it again if that was not tried before and the
 * webhook is enabled; otherwise its body is read. After many attempts an operator has to act.
 */
export function chooseRecovery(
  attempts: number,
  isWebhookEnabled: boolean,
): 'replay' | 'enqueue' | 'leave' {
  if (attempts >= MAX_ATTEMPTS) return 'leave';
  return attempts === 0 && isWebhookEnabled ? 'replay' : 'enqueue';
}
