import { fetchSecretValue } from '../../../lambdas/platform/aws-lite/get-secret-value.ts';
import { makeEnqueue } from '../../../lambdas/platform/aws-lite/send-message.ts';
import { systemClock } from '../../../lambdas/platform/clock.ts';
import { readEnv } from '../../../lambdas/platform/env.ts';
import { versionedSecret } from '../../../lambdas/platform/versioned-secret.ts';
import { makeReceiveWebhook } from '../../../lambdas/webhooks/ingest/receive-webhook.ts';
import { acmePayloadAllowlist } from './payload-allowlist.ts';
import { identifyAcmeEvent, verifyAcmeSignature } from './signature.ts';

const env = readEnv(['QUEUE_URL', 'SIGNING_SECRET_ID']);

export const handler = makeReceiveWebhook({
  provider: 'acme',
  verify: verifyAcmeSignature,
  identify: identifyAcmeEvent,
  payloadAllowlist: acmePayloadAllowlist,
  secrets: versionedSecret({
    secretId: env.SIGNING_SECRET_ID,
    fetch: fetchSecretValue,
    now: systemClock,
  }),
  enqueue: makeEnqueue(env.QUEUE_URL),
  now: systemClock,
});
