import { deterministicUuid } from '../platform/deterministic-id.ts';
import { type Observed, type Rest, restBetweenRotations } from './rotation.ts';
import { isAtWork, judgePrevious, QUIET_MS } from './version-usage.ts';

/** One that leads to our route. */
export interface MuxWebhook {
  readonly id: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
}

export interface MuxObserved extends Observed {
  readonly webhooks: readonly MuxWebhook[];
}

export type MuxStep =
  | Rest
  /** A second webhook beside `beside`, and its secret beside that one's. */
  | { readonly step: 'create'; readonly mark: string }
  /** A run died between making this webhook and storing its secret, which Mux shows once. */
  | { readonly step: 'discard'; readonly webhookId: string }
  /** The newer webhook is gone: what Mux signs with becomes current again, before anything pushes it out. */
  | { readonly step: 'restore'; readonly versionId: string; readonly instead: string }
  | { readonly step: 'disable'; readonly webhookId: string }
  | {
      readonly step: 'drop';
      readonly versionId: string;
      readonly webhookId: string | undefined;
      readonly since: Date;
    };

/** The version that holds a webhook's secret: which belongs to which needs to be written down nowhere. */
export const versionOf = (webhookId: string) => deterministicUuid('mux-webhook', webhookId);

/** In the query of the address, which API Gateway's routes do not look at; Mux takes each address once. */
export const ROTATION_MARK = 'rotation';

// A run lives half a minute at most.
const OTHER_RUN_MS = 120_000;

/** Mux signs with each webhook's own secret, sends every event to each, and has no call that changes a secret. */
export function nextMuxStep(observed: MuxObserved): MuxStep {
  const { versions, webhooks, use, now } = observed;
  const { current, previous } = versions;
  if (current === undefined)
    return refuse('No signing secret of mux is stored: begin with that of its webhook.');
  const parts = tellApart(webhooks, current.id, previous?.id, now);
  if ('step' in parts) return parts;
  const { old, active } = parts;
  if (previous === undefined)
    return (
      restBetweenRotations(observed) ?? {
        step: 'create',
        mark: deterministicUuid('after', current.id).slice(0, 8),
      }
    );

  const verdict = judgePrevious(versions, use, now);
  if (old?.enabled) {
    if (!active.enabled)
      return refuse(`The newer webhook ${active.id} is disabled at Mux: enable it.`);
    if (!isAtWork(versions, use)) return { step: 'wait', for: 'delivery' };
    const until = new Date(current.createdAt.getTime() + QUIET_MS);
    if (now < until) return { step: 'wait', for: 'retries', until };
    if (verdict.verdict !== 'quiet') return { step: 'disable', webhookId: old.id };
  }
  if (verdict.verdict === 'unseen') return { step: 'wait', for: 'delivery' };
  if (verdict.verdict === 'in-use') return { step: 'wait', for: 'quiet', until: verdict.until };
  return { step: 'drop', versionId: previous.id, webhookId: old?.id, since: verdict.since };
}

interface Parts {
  /** Signs with the current version. */
  readonly active: MuxWebhook;
  /** Signs with the previous one. */
  readonly old: MuxWebhook | undefined;
}

function tellApart(
  webhooks: readonly MuxWebhook[],
  current: string,
  previous: string | undefined,
  now: Date,
): Parts | MuxStep {
  const holding = (version: string | undefined) =>
    webhooks.find(({ id }) => versionOf(id) === version);
  const [holder, ofPrevious] = [holding(current), holding(previous)];
  const rest = webhooks.filter((one) => one !== holder && one !== ofPrevious);
  // Made in the dashboard, so its secret was stored by hand, under an id that says nothing.
  const byHand = rest.filter(({ address }) => !isMarked(address));
  const lost = rest.filter(({ address }) => isMarked(address));

  // Two by hand for two versions by hand: which is whose, nothing says.
  const known = holder ?? ofPrevious ?? byHand.length < 2;
  const active = holder ?? (isDerived(current) ? undefined : byHand.shift());
  const old =
    ofPrevious ?? (previous === undefined || isDerived(previous) ? undefined : byHand.shift());
  if (!known || byHand.length > 0)
    return refuse(
      `Mux has webhooks here whose secrets are not known: delete all but one of ${idsOf(webhooks)}.`,
    );
  if (active === undefined) {
    if (old && previous && lost.length === 0)
      return { step: 'restore', versionId: previous, instead: current };
    return refuse(
      webhooks.length === 0
        ? 'Mux has no webhook that leads here: is the API token that of another environment?'
        : `None of Mux’s webhooks here is known to sign with the current secret: ${idsOf(webhooks)}.`,
    );
  }
  const [abandoned] = lost;
  if (abandoned === undefined) return { active, old };
  const until = new Date(abandoned.createdAt.getTime() + OTHER_RUN_MS);
  return now < until
    ? { step: 'wait', for: 'other-run', until }
    : { step: 'discard', webhookId: abandoned.id };
}

/** A UUID of version 8. What AWS's tools make up where somebody stores a secret by hand is of version 4. */
const isDerived = (versionId: string) => /^[0-9a-f]{8}-[0-9a-f]{4}-8/.test(versionId);

const isMarked = (address: string) => new URL(address).searchParams.has(ROTATION_MARK);

const idsOf = (webhooks: readonly MuxWebhook[]) => webhooks.map(({ id }) => id).join(', ');

const refuse = (because: string): Rest => ({ step: 'refuse', because });
