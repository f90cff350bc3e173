import fc from 'fast-check';
import { aBounce, aListEvent, aResendEvent, type ResendEvent } from './resend-events.ts';

/** Things that happen to one address at Resend, or by an operator of the portal. */
const actions = ['bounce', 'complaint', 'mail', 'add', 'remove', 'lift', 'half-lift'] as const;

export interface ListStep {
  readonly action: (typeof actions)[number];
  /** Picks the pending events that are delivered after the action. */
  readonly picks: readonly number[];
}

export const anyListSteps = fc.array(
  fc.record({
    action: fc.constantFrom(...actions),
    picks: fc.array(fc.nat(20), { maxLength: 3 }),
  }),
  { maxLength: 14 },
);

export interface PortalList {
  deliver(event: ResendEvent): Promise<void> | void;
  /** Lifts the suppression in the portal, after the removal at Resend. */
  lift(at: Date, wasListed: boolean): Promise<void> | void;
}

/**
 * Plays the steps against a model of Resend's suppression list. Each step is one second later. A
 * half lift is a lift of which the portal crashed after the removal at Resend.
 * @returns whether Resend's list contains the address at the end, after all events were delivered.
 */
export async function playSteps(
  steps: readonly ListStep[],
  portal: PortalList,
  mailOf: () => Promise<Parameters<typeof aResendEvent>[1]> | Parameters<typeof aResendEvent>[1],
): Promise<boolean> {
  const pending: ResendEvent[] = [];
  let origin: 'bounce' | 'complaint' | 'manual' | undefined;
  let seconds = 0;
  for (const { action, picks } of steps) {
    seconds += 10;
    const at = (offset = 0) => new Date(Date.UTC(2026, 2, 1, 10, 0, seconds + offset));
    const to = 'mia@members.example';
    const add = (reason: NonNullable<typeof origin>) => {
      if (origin === undefined)
        pending.push(aListEvent('added', to, { at: at(1).toISOString(), origin: reason }));
      origin ??= reason;
    };
    const remove = () => {
      const wasListed = origin !== undefined;
      if (wasListed) pending.push(aListEvent('removed', to, { at: at(1).toISOString() }));
      origin = undefined;
      return wasListed;
    };
    const mail = await mailOf();
    if (action === 'add') add('manual');
    else if (action === 'remove' || action === 'half-lift') remove();
    else if (action === 'lift') await portal.lift(at(), remove());
    else pending.push(...mailEvents(action, mail, at().toISOString(), origin));
    if (action === 'complaint' || action === 'bounce') add(action);
    for (const pick of picks) {
      const [event] = pending.splice(pick % Math.max(1, pending.length), 1);
      if (event !== undefined) await portal.deliver(event);
    }
  }
  const picks = steps.flatMap((step) => step.picks);
  while (pending.length > 0) {
    const [event] = pending.splice((picks.pop() ?? 7) % pending.length, 1);
    if (event !== undefined) await portal.deliver(event);
  }
  return origin !== undefined;
}

/** A mail to a listed address is not tried. A complaint may follow a mail from before. */
function mailEvents(
  action: 'bounce' | 'complaint' | 'mail',
  mail: Parameters<typeof aResendEvent>[1],
  at: string,
  origin: 'bounce' | 'complaint' | 'manual' | undefined,
): readonly ResendEvent[] {
  if (action === 'complaint') return [aResendEvent('email.complained', mail, { at })];
  if (origin !== undefined) {
    const reason = origin === 'manual' ? undefined : `previous_${origin}`;
    const data = { suppressed: { type: 'OnAccountSuppressionList', reason } };
    return [aResendEvent('email.suppressed', mail, { at, data })];
  }
  return [
    action === 'bounce'
      ? aBounce(mail, 'Permanent', { at })
      : aResendEvent('email.delivered', mail, { at }),
  ];
}
