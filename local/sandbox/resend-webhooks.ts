import { createHmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Faults, makeFaults } from './faults/faults.ts';
import { makeFaultyDelivery, notDelivered } from './faults/faulty-delivery.ts';
import { makeResendEventLog, type ResendEventLog } from './records/resend-event-log.ts';
import {
  eventTypesFor,
  type ResendEvent,
  type ResendMail,
  resendEvent,
  suppressionEvent,
} from './resend-events.ts';
import {
  makeResendSuppressionList,
  type ResendSuppressionList,
  type SuppressionOrigin,
} from './resend-suppressions.ts';
import {
  type DeliveryOptions,
  type DeliveryResponse,
  postWebhook,
  type WebhookSender,
} from './webhook.ts';

/** Prefixes of the signature headers. Resend uses `svix`; Standard Webhooks uses `webhook`. */
export const headerFamilies = ['svix', 'webhook'] as const;

export interface ResendDeliveryOptions extends DeliveryOptions {
  /** Secrets to sign with instead of the webhook's own secrets. */
  readonly secrets?: readonly string[];
  /** @default 'svix' */
  readonly headerFamily?: (typeof headerFamilies)[number];
}

export interface ResendWebhooks extends WebhookSender<ResendEvent, ResendDeliveryOptions> {
  /** Sends the events of a mail by its addresses. Retries events that were not answered 200. */
  sendMailEvents(mail: ResendMail): Promise<void>;
  readonly suppressions: ResendSuppressionList;
  /** Posts what a fault holds back. */
  flush(): Promise<void>;
  /** Ends all retries. */
  stop(): void;
}

export interface ResendWebhookSettings {
  readonly webhookUrl: string;
  /**
   * Resend signs with every valid secret: with two during a rotation.
   * https://resend.com/docs/api-reference/webhooks/rotate-signing-secret
   */
  readonly signingSecrets: () => readonly string[];
  readonly timeScale: number;
  /** @default no faults */
  readonly faults?: Faults;
  /** Events that the API lists. */
  readonly log?: ResendEventLog;
  /** Address of the webhook; undefined if no webhook is enabled. @default webhookUrl */
  readonly enabledAddress?: () => string | undefined;
}

/**
 * First two delays of https://resend.com/docs/webhooks/retries-and-replays; the later ones are longer
 * than a local session.
 */
const RETRIES_MS = [5_000, 300_000];

/** Events of a mail after which Resend adds the address to its list. */
const origins: Readonly<Record<string, SuppressionOrigin>> = {
  'email.bounced': 'bounce',
  'email.complained': 'complaint',
};

const reasons = {
  bounce: 'previous_bounce',
  complaint: 'previous_complaint',
  manual: undefined,
} as const satisfies Record<SuppressionOrigin, unknown>;

const FORGED = `whsec_${Buffer.from('another secret').toString('base64')}`;

/**
 * Returns the events of a mail to one address, each to be built when it is due. Does not try a mail
 * to an address on the list, and adds the address after a hard bounce or a complaint.
 */
function eventsOf(
  mail: ResendMail,
  address: string,
  suppressions: ResendSuppressionList,
): readonly (() => ResendEvent)[] {
  const to = { ...mail, to: [address] };
  const types = eventTypesFor(address);
  if (types.includes('email.suppressed')) suppressions.add(address, 'bounce');
  const listed = suppressions.find(address);
  if (listed !== undefined) {
    const reason = reasons[listed.origin];
    return [() => resendEvent('email.suppressed', to, new Date(), { reason })];
  }
  return types.map((type) => () => {
    const event = resendEvent(type, to, new Date());
    const origin = origins[type];
    if (origin !== undefined) suppressions.add(address, origin, mail.id);
    return event;
  });
}

/**
 * Posts webhooks as Resend does.
 * Has its own signing code, so that the verifier is not tested with its own implementation.
 */
export function makeResendWebhooks({
  webhookUrl,
  signingSecrets,
  timeScale,
  faults = makeFaults(),
  log = makeResendEventLog(),
  enabledAddress = () => webhookUrl,
}: ResendWebhookSettings): ResendWebhooks {
  const post = makePost({ webhookUrl, signingSecrets, enabledAddress });
  const { deliver, flush } = makeLoggedDelivery(post, { faults, log, enabledAddress });
  const stopping = new AbortController();

  const deliverUntilAccepted = (event: ResendEvent) =>
    retryUntilAccepted(() => deliver(event), timeScale, stopping.signal);

  const untilStopped = (work: () => Promise<void>) =>
    work().catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error;
    });
  const suppressions = makeResendSuppressionList((type, entry) => {
    void untilStopped(() => deliverUntilAccepted(suppressionEvent(type, entry, new Date())));
  });

  async function postAll(mail: ResendMail): Promise<void> {
    for (const address of mail.to)
      for (const event of eventsOf(mail, address, suppressions))
        await deliverUntilAccepted(event());
  }

  return {
    deliver,
    suppressions,
    flush,
    sendMailEvents: (mail) => untilStopped(() => postAll(mail)),
    stop: () => stopping.abort(),
  };
}

type Post = (event: ResendEvent, options: ResendDeliveryOptions) => Promise<DeliveryResponse>;

function makePost({
  webhookUrl,
  signingSecrets,
  enabledAddress,
}: Pick<ResendWebhookSettings, 'webhookUrl' | 'signingSecrets'> & {
  readonly enabledAddress: () => string | undefined;
}): Post {
  return async function post(
    { id, ...event },
    {
      forged = false,
      body = JSON.stringify(event),
      signedAt = new Date(),
      secrets = signingSecrets(),
      headerFamily = 'svix',
    },
  ) {
    const timestamp = String(Math.floor(signedAt.getTime() / 1000));
    const signatures = (forged ? [FORGED] : secrets).map((secret) =>
      signature(secret, `${id}.${timestamp}.${body}`),
    );
    const headers = {
      'user-agent': 'Resend Webhooks Sandbox',
      [`${headerFamily}-id`]: id,
      [`${headerFamily}-timestamp`]: timestamp,
      [`${headerFamily}-signature`]: signatures.join(' '),
    };
    return postWebhook(enabledAddress() ?? webhookUrl, headers, body);
  };
}

interface DeliveryConditions {
  readonly faults: Faults;
  readonly log: ResendEventLog;
  readonly enabledAddress: () => string | undefined;
}

/** Records each event with its result, as Resend's API lists it, and applies the faults. */
function makeLoggedDelivery(post: Post, { faults, log, enabledAddress }: DeliveryConditions) {
  const delivery = makeFaultyDelivery(faults);
  async function deliver(event: ResendEvent, options: ResendDeliveryOptions = {}) {
    if (options.forged || options.body !== undefined) return post(event, options);
    log.add(event, faults.hides());
    if (enabledAddress() === undefined) {
      log.setStatus(event.id, 'failed');
      return notDelivered;
    }
    return delivery.post(
      async () => {
        const response = await post(event, options);
        log.setStatus(event.id, response.statusCode === 200 ? 'success' : 'failed');
        return response;
      },
      (fault) => {
        if (fault.kind === 'drop')
          log.setStatus(event.id, fault.misreported ? 'success' : 'failed');
      },
    );
  }
  return { deliver, flush: delivery.flush };
}

async function retryUntilAccepted(
  attempt: () => Promise<DeliveryResponse>,
  timeScale: number,
  signal: AbortSignal,
): Promise<void> {
  for (const delayMs of [0, ...RETRIES_MS]) {
    if (delayMs > 0) await setTimeout(delayMs * timeScale, undefined, { signal, ref: false });
    // Resend gave up on an event that a fault drops.
    const accepted = await attempt().then(
      ({ statusCode }) => statusCode === 200 || statusCode === notDelivered.statusCode,
      () => false,
    );
    if (accepted) return;
  }
}

function signature(secret: string, signedText: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signedText).digest('base64')}`;
}
