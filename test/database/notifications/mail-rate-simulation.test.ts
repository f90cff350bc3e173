import { expect, test } from '@jest/globals';
import type pg from 'pg';
import type { Slot } from '../../../lambdas/notifications/mail-pace.queries.ts';
import { type MailPace, makeMailPace } from '../../../lambdas/notifications/mail-pace.ts';
import { readRateLimit } from '../../../lambdas/notifications/mail-rate.ts';
import { makeResendRateLimit } from '../../../local/sandbox/resend-rate-limit.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();

const RATE = 5;
const SENDERS = 5;
/** `MAILS=10000` simulates more; the suite stays short. */
const MAILS = Number(process.env['MAILS'] ?? 1_000);

test(`${MAILS} mails take at most 1.15 times of what the limit allows`, async () => {
  const { seconds, rejected } = await simulate(database.pool, 7);
  if (process.env['MAILS']) console.log({ seconds, rejected });
  expect(seconds).toBeGreaterThan((MAILS - RATE) / RATE);
  expect(seconds).toBeLessThan((1.15 * MAILS) / RATE);
  expect(rejected).toBeLessThan(MAILS / 100);
});

type Step =
  | { readonly kind: 'reserve'; readonly at: number }
  | { readonly kind: 'arrive'; readonly at: number; readonly slot: Slot }
  | {
      readonly kind: 'respond';
      readonly at: number;
      readonly slot: Slot;
      readonly response: Response;
    };

interface Response {
  readonly accepted: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Runs all senders on a simulated clock, with slots in Postgres and the limit of the sandbox. */
async function simulate(pool: pg.Pool, seed: number) {
  const random = seededRandom(seed);
  const resend = makeResendRateLimit();
  resend.setLimit(RATE);
  let clock = Date.UTC(2026, 10, 23);
  const startedAt = clock;
  const pace = makeMailPace({
    initialRate: RATE,
    now: () => new Date(clock),
    wait: async () => {},
    random,
  });
  let steps: Step[] = Array.from({ length: SENDERS }, () => ({ kind: 'reserve', at: clock }));
  let sent = 0;
  let rejected = 0;

  while (sent < MAILS) {
    const [step, ...others] = steps.toSorted((one, other) => one.at - other.at);
    if (step === undefined) throw new Error('There is no step.');
    clock = step.at;
    if (step.kind === 'arrive') {
      const limited = resend.count(clock);
      const response = {
        accepted: limited === undefined,
        headers: { ...resend.headers(clock), ...limited?.headers },
      };
      steps = [...others, { ...step, kind: 'respond', at: clock + 80 + 120 * random(), response }];
    } else if (step.kind === 'respond') {
      await record(pace, pool, step);
      if (step.response.accepted) sent += 1;
      else rejected += 1;
      steps = [...others, { kind: 'reserve', at: clock + 20 }];
    } else {
      steps = [...others, await reserve(pace, pool, clock, random)];
    }
  }
  return { seconds: (clock - startedAt) / 1000, rejected };
}

async function reserve(
  pace: MailPace,
  pool: pg.Pool,
  clock: number,
  random: () => number,
): Promise<Step> {
  const reservation = await pace.reserve(pool, 60_000);
  if (reservation.outcome === 'no-slot')
    return { kind: 'reserve', at: clock + 1000 * reservation.delaySeconds };
  const { slot } = reservation;
  return { kind: 'arrive', at: Math.max(clock, slot.at.getTime()) + 30 * random(), slot };
}

async function record(
  pace: MailPace,
  pool: pg.Pool,
  { slot, response: { accepted, headers } }: Extract<Step, { kind: 'respond' }>,
): Promise<void> {
  const reported = readRateLimit(headers);
  if (accepted) await pace.recordSuccess(pool, slot, reported);
  else await pace.recordRejection(pool, slot, { reported, isQuota: false });
}

/** Linear congruential generator: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
