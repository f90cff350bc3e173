import { fetchSecretValue } from '../../platform/aws-lite/get-secret-value.ts';
import { makeEnqueue } from '../../platform/aws-lite/send-message.ts';
import { systemClock } from '../../platform/clock.ts';
import { readEnv } from '../../platform/env.ts';
import { versionedSecret } from '../../platform/versioned-secret.ts';
import { makeReceiveWebhook } from '../../webhooks/ingest/receive-webhook.ts';
import { muxPayloadAllowlist } from './payload-allowlist.ts';
import { identifyMuxEvent, verifyMuxSignature } from './signature.ts';

const env = readEnv(['QUEUE_URL', 'SIGNING_SECRET_ID']);

export const handler = makeReceiveWebhook({
  provider: 'mux',
  verify: verifyMuxSignature,
  identify: identifyMuxEvent,
  payloadAllowlist: muxPayloadAllowlist,
  secrets: versionedSecret({
    secretId: env.SIGNING_SECRET_ID,
    fetch: fetchSecretValue,
    now: systemClock,
  }),
  enqueue: makeEnqueue(env.QUEUE_URL),
  now: systemClock,
});
