import { connectToQueue, makeEnqueue } from '../../pipeline/enqueue.ts';
import { makeReceiveWebhook } from '../../pipeline/receive-webhook.ts';
import { systemClock } from '../../runtime/clock.ts';
import { readEnv } from '../../runtime/env.ts';
import { fetchSecretValue, signingSecrets } from '../../runtime/secrets.ts';
import { loggedMuxFields } from './logged-fields.ts';
import { identifyMuxEvent, verifyMuxSignature } from './signature.ts';

const env = readEnv(['QUEUE_URL', 'SIGNING_SECRET_ID']);

export const handler = makeReceiveWebhook({
  provider: 'mux',
  verify: verifyMuxSignature,
  identify: identifyMuxEvent,
  loggedFields: loggedMuxFields,
  secrets: signingSecrets({ secretId: env.SIGNING_SECRET_ID, fetch: fetchSecretValue, now: systemClock }),
  connectToQueue,
  enqueue: makeEnqueue(env.QUEUE_URL),
  now: systemClock,
});
