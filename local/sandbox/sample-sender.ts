import { randomUUID } from 'node:crypto';
import { type Provider, webhookPath } from '../../lambdas/catalog/providers.ts';
import { registry } from '../../lambdas/providers/registry.ts';
import { generateSecret } from '../aws/generate-secret.ts';
import type { LocalInstance } from '../local-instance.ts';
import { BadInputError, UserError } from '../user-error.ts';
import type { EventSender, SendHooks, SendRequest, SendResult } from './event-sender.ts';
import { type DeliveryOptions, postTimes, postWebhook } from './webhook.ts';

/**
 * Sends the sample events of a provider without a sandbox, signed by its descriptor's own code. So
 * a signature that both sign and verify wrongly is not found here.
 */
export const makeSampleSender = (provider: Provider): EventSender => ({
  types: Object.keys(registry[provider].events.samples),
  subjectOptions: {},
  send: (local, request, hooks) => sendSample(provider, local, request, hooks),
});

async function sendSample(
  provider: Provider,
  { url, secrets }: LocalInstance,
  { type = '', body, times, forged }: SendRequest,
  { at = new Date(), beforePost = async () => {} }: SendHooks,
): Promise<SendResult> {
  const { displayName, events, signature } = registry[provider];
  const data = events.samples[type];
  if (data === undefined) throw new UserError(`${displayName} has no sample event ${type}.`);
  if (body !== undefined)
    throw new BadInputError(`${displayName} has no sandbox, which --body needs.`);
  const path = `${provider}/webhook-signing-secret`;
  const stored = secrets.find(`motion-mavericks/dev/${path}`)?.versions['AWSCURRENT']?.value ?? '';
  const eventId = `sample-${randomUUID()}`;
  const deliver = (_: object, { forged: isForged = false }: DeliveryOptions = {}) => {
    const event = { eventId, eventType: type, at, data };
    const secret = isForged ? generateSecret(path) : stored;
    const { headers, body } = signature.sign(event, secret);
    return postWebhook(`${url}${webhookPath(provider)}`, headers, body);
  };
  await beforePost(eventId);
  const responses = await postTimes({ deliver }, data, times, { forged });
  return { eventId, type, subject: `a sample of ${displayName}`, responses };
}
