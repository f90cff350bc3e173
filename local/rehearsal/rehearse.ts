import type { LocalInstance } from '../local-instance.ts';
import { waitUntilComplete } from '../postgres/inspect-event.ts';
import type { SendHooks, SendRequest, SendResult } from '../sandbox/event-sender.ts';
import { senderOf } from '../sandbox/event-senders.ts';
import { BadInputError } from '../user-error.ts';
import { addEventFault } from './event-faults.ts';

const LATE_MS = 60 * 60_000;

/** Sends an event with the faults of the request. */
export function rehearse(local: LocalInstance, request: SendRequest): Promise<SendResult> {
  if (request.late) return sendLate(local, request);
  return senderOf(request.provider).send(local, request, faultHooks(local, request));
}

function faultHooks({ pool }: LocalInstance, request: SendRequest): SendHooks {
  const { provider: source, fails, broken } = request;
  if (fails === undefined && !broken) return {};
  return {
    async beforePost(eventId) {
      if (eventId === '')
        throw new BadInputError(
          '--fails and --broken need a body with an event id, to find the event.',
        );
      await addEventFault(pool, { source, eventId, fails: broken ? undefined : fails });
    },
  };
}

/** Sends a newer event of the same type about the same subject first, and waits for its effects. */
async function sendLate(local: LocalInstance, request: SendRequest): Promise<SendResult> {
  const sender = senderOf(request.provider);
  const newer = await sender.send(local, { ...request, times: 1 }, {});
  await waitUntilComplete(local.inspect, request.provider, newer.eventId);
  const subject = newer.selected ?? request.subject;
  const at = new Date(Date.now() - LATE_MS);
  const late = await sender.send(local, { ...request, subject }, { at });
  return { ...late, newerEventId: newer.eventId };
}
