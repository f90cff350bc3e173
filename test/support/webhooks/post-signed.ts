import { createHmac } from 'node:crypto';
import { type Provider, webhookPath } from '../../../lambdas/catalog/providers.ts';
import type { LocalInstance } from '../../../local/local-instance.ts';

/** An event with its body as text, because it may be deeper than `JSON.stringify` can write. */
export interface RawEvent {
  readonly eventId: string;
  readonly body: string;
}

type Sign = (event: RawEvent, seconds: number, secret: string) => Readonly<Record<string, string>>;

const signatures = {
  mux({ body }: RawEvent, seconds: number, secret: string) {
    const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    return { 'mux-signature': `t=${seconds},v1=${v1}` };
  },
  resend({ eventId, body }: RawEvent, seconds: number, secret: string) {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const signed = `${eventId}.${seconds}.${body}`;
    const v1 = createHmac('sha256', key).update(signed).digest('base64');
    return {
      'svix-id': eventId,
      'svix-timestamp': String(seconds),
      'svix-signature': `v1,${v1}`,
    };
  },
} as const satisfies Partial<Readonly<Record<Provider, Sign>>>;

/** Providers whose signature this file writes without the product's code. */
export type SigningProvider = keyof typeof signatures;

/** Posts an event as its provider does. @returns the status code. */
export async function postSigned(
  local: LocalInstance,
  provider: SigningProvider,
  event: RawEvent,
): Promise<number> {
  const secretName = `motion-mavericks/dev/${provider}/webhook-signing-secret`;
  const secret = local.secrets.find(secretName)?.versions['AWSCURRENT']?.value ?? '';
  const signature = signatures[provider](event, Math.floor(Date.now() / 1_000), secret);
  const response = await fetch(`${local.url}${webhookPath(provider)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signature },
    body: event.body,
  });
  return response.status;
}
