import { connectToQueue, makeEnqueue } from '../../pipeline/enqueue.ts';
import { makeReceiveWebhook } from '../../pipeline/receive-webhook.ts';
import { systemClock } from '../../runtime/clock.ts';
import { readEnv } from '../../runtime/env.ts';
import { fetchSecretValue, signingSecrets } from '../../runtime/secrets.ts';
import { loggedResendFields } from './logged-fields.ts';
import { identifyResendEvent, verifyResendSignature } from './signature.ts';

const env = readEnv(['QUEUE_URL', 'SIGNING_SECRET_ID']);

export const handler = makeReceiveWebhook({
  provider: 'resend',
  verify: verifyResendSignature,
  identify: identifyResendEvent,
  loggedFields: loggedResendFields,
  secrets: signingSecrets({ secretId: env.SIGNING_SECRET_ID, fetch: fetchSecretValue, now: systemClock }),
  connectToQueue,
  enqueue: makeEnqueue(env.QUEUE_URL),
  now: systemClock,
});
