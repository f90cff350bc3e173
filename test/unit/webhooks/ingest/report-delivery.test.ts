import { expect, test } from '@jest/globals';
import { syntheticType } from '../../../../lambdas/catalog/synthetic-events.ts';
import { muxSecret, muxSignature } from '../../../support/providers/mux.ts';
import { useStdout } from '../../../support/stdout.ts';
import {
  aVerifier,
  body,
  eventId,
  eventType,
  logsIn,
  metricsIn,
  signed,
} from '../../../support/webhooks/verifier.ts';

const stdout = useStdout();

test('writes one audit line and one set of metrics for an accepted delivery', async () => {
  const times = [1_000, 1_000, 1_042].map((ms) => new Date(ms));
  const { deliver } = aVerifier({ now: () => times.shift() ?? new Date(1_042) });

  await deliver(signed(body, { receivedAt: new Date('2026-11-23T09:16:51Z') }));

  expect(logsIn(stdout)).toEqual([
    {
      level: 'INFO',
      timestamp: expect.any(String),
      message: 'Delivery accepted',
      provider: 'mux',
      code: 'accepted',
      secretVersion: 'AWSCURRENT',
      eventId,
      eventType,
      payload: {
        created_at: '2026-11-23T09:16:50.797017Z',
        environment: { name: 'Production' },
        data: {
          id: 'coO38Eu2E1sp8mmwlO9irrQfWFrGjIUnA23PAKkQWF0o',
          upload_id: 'NemVaEORxEfzuZNoiXXk5KbrchVHcFo68cDhUmpp964ryw',
          status: 'ready',
          passthrough: '5c0e7a52-4f1b-4a3e-9d7c-1b2f6a8e3d40',
          playback_ids: [{ policy: 'signed' }],
          duration: 12.5,
          aspect_ratio: '16:9',
        },
      },
      messageId: 'message-1',
      bytes: body.length,
      tookMs: 42,
      trace: 'JKJaXmPLvHcESHA=',
    },
  ]);
  expect(metricsIn(stdout)).toEqual([
    {
      provider: 'mux',
      Accepted: 1,
      Rejected: 0,
      AcceptFailed: 0,
      SecretCurrent: 1,
      SecretPrevious: 0,
      AcceptMs: 42,
    },
  ]);
});

test('counts a synthetic event apart from the events of the provider', async () => {
  const smoke = JSON.stringify({ id: 'smoke-1', type: syntheticType, data: {} });
  await aVerifier().deliver(signed(smoke));
  const failing = aVerifier({ enqueue: async () => Promise.reject(new Error('no queue')) });
  await failing.deliver(signed(smoke));

  expect(metricsIn(stdout)).toEqual([
    { provider: 'mux', SmokeAccepted: 1, SmokeRecorded: 0, SmokeFailed: 0 },
    { provider: 'mux', SmokeAccepted: 0, SmokeRecorded: 0, SmokeFailed: 1 },
  ]);
  expect(
    logsIn(stdout).filter(({ message }) => /^Delivery (accepted|failed)$/.test(String(message))),
  ).toHaveLength(2);
});

test('rejects a forged synthetic event like any other', async () => {
  await aVerifier().deliver({
    ...signed('{}'),
    body: JSON.stringify({ id: 'smoke-1', type: syntheticType }),
  });

  expect(metricsIn(stdout)).toMatchObject([{ Rejected: 1 }, { Rejected: 1 }]);
});

test('counts a rejected delivery by reason and logs nothing of it', async () => {
  const { deliver } = aVerifier();
  const signature = muxSignature(body, { secret: 'guess' });

  await deliver({ body, headers: { 'mux-signature': signature, 'x-private': 'do-not-log' } });

  expect(metricsIn(stdout)).toEqual([
    {
      provider: 'mux',
      Accepted: 0,
      Rejected: 1,
      AcceptFailed: 0,
      SecretCurrent: 0,
      SecretPrevious: 0,
    },
    { provider: 'mux', reason: 'signature-mismatch', Rejected: 1 },
  ]);
  expect(logsIn(stdout)).toMatchObject([
    { level: 'WARN', message: 'Delivery rejected', code: 'signature-mismatch' },
  ]);
  const written = JSON.stringify(stdout);
  for (const secret of [
    signature,
    signature.slice(-64),
    'do-not-log',
    muxSecret,
    eventId,
    'playback_ids',
  ]) {
    expect(written).not.toContain(secret);
  }
});
