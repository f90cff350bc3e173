import { chooseMail } from '../postgres/choose-mail.ts';
import type { EventSender } from './event-sender.ts';
import { bounceTypes, resendEvent, resendEventTypes } from './resend-events.ts';
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
  },
  async send({ pool, resend }, { type, times, forged, subject }) {
    const mail = await chooseMail(pool, subject['to']);
    const bounce = bounceTypes.find((known) => known === subject['bounce']);
    const event = resendEvent(type, mail, new Date(), bounce === undefined ? {} : { bounce });
    const responses = await postTimes(resend, event, times, { forged });
    return { eventId: event.id, subject: mail.to.join(', '), responses };
  },
};
