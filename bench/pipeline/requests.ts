import { muxSignature } from '../../test/support/providers/mux.ts';
import { type LoadSettings, makeBatches } from '../processor/load.ts';

/** What Mux posts, ready to be written to a socket. */
export interface Request {
  readonly eventId: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Signed as of now: to be sent within the five minutes for which a signature counts. */
export function makeRequests(load: LoadSettings): readonly Request[] {
  return [...makeBatches(load)].flat().map(({ body, messageAttributes }) => ({
    eventId: messageAttributes['eventId']?.stringValue ?? '',
    type: messageAttributes['eventType']?.stringValue ?? '',
    bytes: Buffer.from(
      [
        'POST /api/v1/webhooks/mux HTTP/1.1',
        'host: 127.0.0.1',
        'user-agent: Mux/1.0',
        'content-type: application/json',
        `content-length: ${Buffer.byteLength(body)}`,
        `mux-signature: ${muxSignature(body)}`,
        'x-amzn-trace-id: Root=1-6922d0d3-1f2e3d4c5b6a798001122334',
        '',
        body,
      ].join('\r\n'),
    ),
  }));
}
