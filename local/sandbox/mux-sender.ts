import { chooseAsset } from '../postgres/choose-asset.ts';
import { type EventBody, parseEventBody } from '../rehearsal/event-body.ts';
import type { EventSender } from './event-sender.ts';
import { type MuxEvent, muxEvent, muxEventTypes } from './mux-events.ts';
import { postTimes } from './webhook.ts';

/** Sends an event about a video of the portal. */
export const muxSender: EventSender = {
  types: muxEventTypes,
  subjectOptions: {
    asset: {
      help: 'select a video by id or title (default: one in a fitting status, or a new one)',
    },
    title: { help: 'create a new video with this title' },
  },
  async send(
    { pool, mux },
    { type = '', body, times, forged, subject },
    { at = new Date(), beforePost = async () => {} },
  ) {
    if (body !== undefined) {
      const given = parseEventBody(body);
      await beforePost(given.id);
      const responses = await postTimes(mux, asEvent(given), times, { forged, body });
      return { eventId: given.id, type: given.type, subject: 'the body', responses };
    }
    const asset = await chooseAsset(pool, type, subject);
    const event = muxEvent(type, asset, at);
    await beforePost(event.id);
    const responses = await postTimes(mux, event, times, { forged });
    const selected = { asset: asset.passthrough };
    return { eventId: event.id, type, selected, subject: asset.title, responses };
  },
};

const asEvent = ({ id, type, content }: EventBody): MuxEvent => ({
  id,
  type,
  created_at: String(content['created_at']),
  data: {},
});
