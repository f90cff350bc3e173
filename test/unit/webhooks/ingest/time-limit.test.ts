import { expect, test } from '@jest/globals';
import type { Enqueue } from '../../../../lambdas/platform/aws/queue-message.ts';
import { longestCallMs } from '../../../../lambdas/platform/aws-lite/aws-client.ts';
import { SECRET_ATTEMPT_MS } from '../../../../lambdas/platform/aws-lite/get-secret-value.ts';
import { SEND_ATTEMPT_MS } from '../../../../lambdas/platform/aws-lite/send-message.ts';
import type { FetchSecret } from '../../../../lambdas/platform/secret-cache.ts';
import { muxSecret, muxSignature } from '../../../support/providers/mux.ts';
import { useStdout } from '../../../support/stdout.ts';
import { accepted, aVerifier, body } from '../../../support/webhooks/verifier.ts';

useStdout();

/** https://docs.mux.com/docs/webhooks */
const MUX_WAITS_MS = 5_000;

/**
 * Cold start of the verifier and the way from the provider and back. docs/performance.md measures
 * the first delivery of a process.
 */
const COLD_START_AND_NETWORK_MS = 600;

test('the worst delivery is answered before Mux closes the connection', async () => {
  let [now, passedMs] = [Date.parse('2026-11-28T10:00:00Z'), 0];
  const pass = (ms: number) => {
    now += ms;
    passedMs += ms;
  };
  // Every call takes its longest time. The two reads of one reload are concurrent.
  const fetch: FetchSecret = async (_, version) => {
    if (version === 'AWSCURRENT') pass(longestCallMs(SECRET_ATTEMPT_MS));
    return version === 'AWSCURRENT' ? 'c'.repeat(32) : muxSecret;
  };
  const enqueue: Enqueue = async () => {
    pass(longestCallMs(SEND_ATTEMPT_MS));
    return 'message-1';
  };
  const { deliver } = aVerifier({ fetch, enqueue, now: () => new Date(now) });
  const signature = muxSignature(body, { at: new Date(now) });

  // Signed with the previous secret, so the cached version is a mismatch.
  const post = { body, receivedAt: new Date(now), headers: { 'mux-signature': signature } };
  expect(await deliver(post)).toEqual(accepted);

  expect(passedMs).toBe(2 * longestCallMs(SECRET_ATTEMPT_MS) + longestCallMs(SEND_ATTEMPT_MS));
  expect(passedMs).toBeLessThanOrEqual(MUX_WAITS_MS - COLD_START_AND_NETWORK_MS);
});
