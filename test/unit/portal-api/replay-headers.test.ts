import { expect, test } from '@jest/globals';
import { composeReplayHeaders } from '../../../lambdas/portal-api/replay-headers.ts';

const expiry = '2026-11-24T10:00:00.000Z';
const at = (time: string) => new Date(time);

test.each([
  ['create-upload', { uploadExpiresAt: expiry }, '/api/v1/uploads'],
  ['create-share-link', { expiresAt: expiry }, '/api/v1/share-links'],
] as const)('%s reports an expired URL from the moment of its expiry', (operation, body, path) => {
  const text = JSON.stringify(body);

  expect(composeReplayHeaders(operation, text, at('2026-11-24T09:59:59.999Z'))).toEqual({
    'idempotent-replayed': 'true',
  });
  expect(composeReplayHeaders(operation, text, at(expiry))).toEqual({
    'idempotent-replayed': 'true',
    'url-expired': 'true',
    link:
      `<${path}>; rel="create-form"; ` +
      'title="Send the request with a new Idempotency-Key to get a new URL"',
  });
});
