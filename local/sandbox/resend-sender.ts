import { chooseMail } from '../postgres/choose-mail.ts';
import { parseEventBody } from '../rehearsal/event-body.ts';
import type { EventSender } from './event-sender.ts';
import { bounceTypes, newEventId, resendEvent, resendEventTypes } from './resend-events.ts';
import { headerFamilies } from './resend-webhooks.ts';
import { postTimes } from './webhook.ts';

/** Sends an event about a mail of the portal. */
export const resendSender: EventSender = {
  types: resendEventTypes,
  subjectOptions: {
    to: {
      help: 'select the latest mail to this address (default: to any address)',
      isAddress: true,
    },
    bounce: {
      help: 'type of the bounce (default: Permanent)',
      values: bounceTypes,
      onlyFor: 'email.bounced',
    },
    headers: {
      help: 'names of the signature headers (default: svix)',
      values: headerFamilies,
    },
  },
  async send(
    { pool, resend },
    { type = '', body, times, forged, subject },
    { at = new Date(), beforePost = async () => {} },
  ) {
    const headerFamily = headerFamilies.find((known) => known === subject['headers']) ?? 'svix';
    const deliver: typeof resend.deliver = (one, options) =>
      resend.deliver(one, { ...options, headerFamily });
    if (body !== undefined) {
      const given = parseEventBody(body);
      // The body of Resend has no id.
      const event = { id: newEventId(), type: given.type, created_at: '', data: {} };
      await beforePost(event.id);
      const responses = await postTimes({ deliver }, event, times, { forged, body });
      return { eventId: event.id, type: event.type, subject: 'the body', responses };
    }
    const mail = await chooseMail(pool, subject['to']);
    const bounce = bounceTypes.find((known) => known === subject['bounce']);
    const event = resendEvent(type, mail, at, bounce === undefined ? {} : { bounce });
    await beforePost(event.id);
    const responses = await postTimes({ deliver }, event, times, { forged });
    const to = mail.to.join(', ');
    return { eventId: event.id, type, selected: { ...subject, to }, subject: to, responses };
  },
};
