import { chooseAsset } from '../postgres/choose-asset.ts';
import type { EventSender } from './event-sender.ts';
import { muxEvent, muxEventTypes } from './mux-events.ts';
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
  async send({ pool, mux }, { type, times, forged, subject }) {
    const asset = await chooseAsset(pool, type, subject);
    const event = muxEvent(type, asset, new Date());
    const responses = await postTimes(mux, event, times, { forged });
    return { eventId: event.id, subject: asset.title, responses };
  },
};
