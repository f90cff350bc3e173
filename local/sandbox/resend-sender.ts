import { chooseMail } from '../postgres/choose-mail.ts';
import type { EventSender } from './event-sender.ts';
import { bounceTypes, resendEvent, resendEventTypes } from './resend-events.ts';
import { headerFamilies } from './resend-webhooks.ts';
import { postTimes } from './webhook.ts';

/** Sends an event about a mail of the portal. */
export const resendSender: EventSender = {
  types: resendEventTypes,
  subjectOptions: {
    to: {
      help: 'select the latest mail to this address (default: to any address)',
    },
    bounce: {
      help: 'type of the bounce (default: Permanent)',
      values: bounceTypes,
    },
    headers: {
      help: 'names of the signature headers (default: svix)',
      values: headerFamilies,
    },
  },
  async send({ pool, resend }, { type, times, forged, subject }) {
    const mail = await chooseMail(pool, subject['to']);
    const bounce = bounceTypes.find((known) => known === subject['bounce']);
    const event = resendEvent(type, mail, new Date(), bounce === undefined ? {} : { bounce });
    const headerFamily = headerFamilies.find((known) => known === subject['headers']) ?? 'svix';
    const deliver: typeof resend.deliver = (one, options) =>
      resend.deliver(one, { ...options, headerFamily });
    const responses = await postTimes({ deliver }, event, times, { forged });
    return { eventId: event.id, subject: mail.to.join(', '), responses };
  },
};
