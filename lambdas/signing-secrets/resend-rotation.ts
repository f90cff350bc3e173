import { type Observed, type Rest, restBetweenRotations } from './rotation.ts';
import { judgePrevious } from './version-usage.ts';

export interface ResendWebhook {
  readonly id: string;
  /** What Resend says it signs with; not every documentation of Resend's says that it does say so. */
  readonly secret: string | undefined;
}

export interface ResendObserved extends Observed {
  readonly webhooks: readonly ResendWebhook[];
  readonly stored: { readonly current: string | undefined; readonly previous: string | undefined };
}

export type ResendStep =
  | Rest
  /** Resend signs with both for 24 h: https://resend.com/docs/api-reference/webhooks/rotate-signing-secret */
  | { readonly step: 'rotate'; readonly webhookId: string }
  /** Resend signs with a secret that nobody has stored: a run died after it had rotated, or somebody else rotated. */
  | { readonly step: 'adopt'; readonly secret: string }
  | { readonly step: 'restore'; readonly versionId: string; readonly instead: string }
  | { readonly step: 'drop'; readonly versionId: string; readonly since: Date };

export function nextResendStep(observed: ResendObserved): ResendStep {
  const { versions, webhooks, stored, use, now } = observed;
  const { current, previous } = versions;
  const [webhook, ...others] = webhooks;
  if (webhook === undefined)
    return refuse('Resend has no webhook that leads here: is the API key that of another team?');
  if (others.length > 0)
    return refuse(
      `Resend has more than one webhook here, each with a secret: delete all but one of ${idsOf(webhooks)}.`,
    );
  const { id, secret } = webhook;
  // Before anything else: in 24 h nothing is signed with what is stored.
  if (secret !== undefined && ![stored.current, stored.previous].includes(secret))
    return { step: 'adopt', secret };
  if (current === undefined)
    return refuse('No signing secret of resend is stored: begin with that of its webhook.');
  if (previous === undefined)
    return restBetweenRotations(observed) ?? { step: 'rotate', webhookId: id };
  if (secret !== undefined && secret !== stored.current)
    return { step: 'restore', versionId: previous.id, instead: current.id };

  const verdict = judgePrevious(versions, use, now);
  if (verdict.verdict === 'unseen') return { step: 'wait', for: 'delivery' };
  if (verdict.verdict === 'in-use') return { step: 'wait', for: 'quiet', until: verdict.until };
  return { step: 'drop', versionId: previous.id, since: verdict.since };
}

const idsOf = (webhooks: readonly ResendWebhook[]) => webhooks.map(({ id }) => id).join(', ');

const refuse = (because: string): Rest => ({ step: 'refuse', because });
