import { expect } from '@jest/globals';
import type { Enqueue, QueueMessage } from '../../../lambdas/platform/aws/queue-message.ts';
import type { FetchSecret } from '../../../lambdas/platform/secret-cache.ts';
import { versionedSecret } from '../../../lambdas/platform/versioned-secret.ts';
import { muxPayloadAllowlist } from '../../../lambdas/providers/mux/payload-allowlist.ts';
import { identifyMuxEvent, verifyMuxSignature } from '../../../lambdas/providers/mux/signature.ts';
import { makeReceiveWebhook } from '../../../lambdas/webhooks/ingest/receive-webhook.ts';
import { anHttpApiEvent, type Post } from '../http-api.ts';
import { muxFixture, muxSecret, muxSignature } from '../providers/mux.ts';

export const body = muxFixture('video.asset.ready');
export const { id: eventId, type: eventType } = JSON.parse(body.toString());

/** Creates the verifier with a queue and a Secrets Manager in memory. */
export function aVerifier({
  secrets = { AWSCURRENT: muxSecret } as Partial<Record<'AWSCURRENT' | 'AWSPREVIOUS', string>>,
  fetch = (async (_, version) => secrets[version]) as FetchSecret,
  queue = [] as QueueMessage[],
  enqueue = (async (message) => `message-${queue.push(message)}`) as Enqueue,
  now = () => new Date(),
} = {}) {
  const receive = makeReceiveWebhook({
    provider: 'mux',
    verify: verifyMuxSignature,
    identify: identifyMuxEvent,
    payloadAllowlist: muxPayloadAllowlist,
    secrets: versionedSecret({ secretId: 'stage/mux/webhook-signing-secret', fetch, now }),
    enqueue,
    now,
  });
  const deliver = async (post: Post) => {
    const { statusCode, headers, body: text } = await receive(anHttpApiEvent(post));
    expect(headers).toEqual({ 'content-type': 'application/json' });
    return { statusCode, ...JSON.parse(text ?? '') };
  };
  return { deliver, queue };
}

export const signed = (bytes: string | Buffer, post: Post = {}): Post => ({
  ...post,
  body: bytes,
  headers: {
    'mux-signature': muxSignature(bytes, { at: post.receivedAt ?? new Date() }),
    ...post.headers,
  },
});

export const accepted = { statusCode: 200, code: 'accepted' };
export const rejected = (statusCode: number, code: string) => ({ statusCode, code });

/** Returns the metric lines without their EMF metadata. */
export const metricsIn = (lines: readonly Record<string, unknown>[]) =>
  lines
    .filter((line) => '_aws' in line)
    .map((line) => Object.fromEntries(Object.entries(line).slice(1)));

export const logsIn = (lines: readonly Record<string, unknown>[]) =>
  lines.filter((line) => 'level' in line);
