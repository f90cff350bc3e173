import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import {
  findNextSlot,
  lowerRate,
  pauseUntil,
  reserveSlot,
  type Slot,
  setRate,
} from './mail-pace.queries.ts';
import {
  firstRate,
  MAX_DELAY_SECONDS,
  pauseSeconds,
  type RateLimit,
  rateAfterRejection,
  rateAfterSuccess,
} from './mail-rate.ts';

export interface MailPaceDeps {
  /** Requests per second that hold until Resend reports its limit. */
  readonly initialRate: number;
  readonly now: Clock;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

export type Reservation =
  | { readonly outcome: 'reserved'; readonly slot: Slot }
  | { readonly outcome: 'no-slot'; readonly delaySeconds: number };

/** Paces the requests to Resend together with all other senders, through one row in Postgres. */
export interface MailPace {
  /**
   * Reserves the next slot and waits for it. Returns `no-slot` if the slot is too far away to wait
   * for in the function.
   */
  reserve(db: Queryable, remainingMs: number): Promise<Reservation>;
  recordSuccess(db: Queryable, slot: Slot, reported: RateLimit): Promise<void>;
  /** @returns the seconds after which the rejected mail may be tried again. */
  recordRejection(
    db: Queryable,
    slot: Slot,
    rejection: { readonly reported: RateLimit; readonly isQuota: boolean },
  ): Promise<number>;
}

// A wait in the function is billed. Slots of all senders at work are less than this apart.
const MAX_WAIT_MS = 10_000;

/** The request to Resend times out after 8 s; the rest is for the statements around it. */
const SEND_MS = 12_000;

// Quotas are per day and month, and Resend documents no header for them.
const QUOTA_PAUSE_SECONDS = 300;

const JITTER_SECONDS = 4;

export function makeMailPace({
  initialRate,
  now,
  wait = setTimeout,
  random = Math.random,
}: MailPaceDeps): MailPace {
  const jitter = () => 1 + random() * JITTER_SECONDS;
  const afterSeconds = (seconds: number) => new Date(now().getTime() + seconds * 1000);
  const toDelay = (seconds: number) => Math.min(MAX_DELAY_SECONDS, Math.max(1, Math.ceil(seconds)));

  return {
    async reserve(db, remainingMs) {
      const at = now();
      const latest = new Date(at.getTime() + Math.min(MAX_WAIT_MS, remainingMs - SEND_MS));
      const request = { now: at, latest, firstRate: firstRate(initialRate) };
      const slot = await reserveSlot(db, request);
      if (slot !== undefined) {
        await wait(Math.max(0, slot.at.getTime() - now().getTime()));
        return { outcome: 'reserved', slot };
      }
      const next = (await findNextSlot(db)) ?? at;
      const distance = Math.max(0, next.getTime() - at.getTime()) / 1000;
      return { outcome: 'no-slot', delaySeconds: toDelay(distance + jitter()) };
    },

    async recordSuccess(db, slot, reported) {
      const rate = rateAfterSuccess(slot.rate, reported, initialRate);
      if (rate !== slot.rate) await setRate(db, slot.rate, rate);
      const pause = pauseSeconds(reported);
      if (pause > 0) await pauseUntil(db, afterSeconds(pause));
    },

    async recordRejection(db, slot, { reported, isQuota }) {
      const { retryAfterSeconds } = reported;
      const pause = Math.max(pauseSeconds(reported), isQuota ? QUOTA_PAUSE_SECONDS : 1);
      const seconds = Math.min(MAX_DELAY_SECONDS, retryAfterSeconds ?? pause);
      await pauseUntil(db, afterSeconds(seconds));
      const rate = rateAfterRejection(slot.rate, reported, initialRate);
      if (!isQuota) await lowerRate(db, { slot: slot.at, rate, at: now() });
      return toDelay(retryAfterSeconds ?? Math.max(pause, jitter()));
    },
  };
}
