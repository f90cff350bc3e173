import type { RecordedDelivery } from '../../support/providers/recorded-delivery.ts';

const secret = 'acme-0123456789abcdef0123456789abcdef0123456789abcdef';
const receivedAt = '2026-03-01T10:00:00Z';
const timestamp = '1772359200';

/** Deliveries that another implementation signed: Python's `hmac` module. */
export const recordedDeliveries: readonly RecordedDelivery[] = [
  {
    eventId: 'evt-ready',
    eventType: 'captions.ready',
    secret,
    receivedAt,
    headers: {
      'acme-timestamp': timestamp,
      'acme-signature': '5ccc25bd74e8a8a3761fc3445ec9a9fdb75a5a795feb953034086116b770dd5e',
    },
    body:
      '{"event": {"id": "evt-ready", "kind": "captions.ready"}, ' +
      '"payload": {"captions": "cap-1", "language": "en"}}',
  },
  {
    eventId: 'evt-failed',
    eventType: 'captions.failed',
    secret,
    receivedAt,
    headers: {
      'acme-timestamp': timestamp,
      'acme-signature': '9a56c0b5aa2ba546d3576a4ae300ce2de5b64937d07723b77e078f0762a82adf',
    },
    body:
      '{"event": {"id": "evt-failed", "kind": "captions.failed"}, ' +
      '"payload": {"captions": "cap-2", "reason": "no speech"}}',
  },
];
