import type { Provider } from '../../lambdas/catalog/providers.ts';
import type { EventSender } from './event-sender.ts';
import { muxSender } from './mux-sender.ts';
import { resendSender } from './resend-sender.ts';
import { makeSampleSender } from './sample-sender.ts';

/** Senders of the providers that have a sandbox. */
const sandboxSenders: Readonly<Partial<Record<Provider, EventSender>>> = {
  mux: muxSender,
  resend: resendSender,
};

/** Returns the sender of the provider's sandbox, or one that sends the provider's sample events. */
export const senderOf = (provider: Provider): EventSender =>
  sandboxSenders[provider] ?? makeSampleSender(provider);
