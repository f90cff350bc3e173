import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { type Provider, webhookPath } from '../../../lambdas/catalog/providers.ts';
import { registry } from '../../../lambdas/providers/registry.ts';
import type { LocalInstance } from '../../../local/local-instance.ts';

/** Posts an event with a genuine signature. @returns the id of the event. */
export async function signedPost(
  { url, secrets }: LocalInstance,
  provider: Provider,
  { type, created_at, data }: { type: string; created_at: string; data: object },
): Promise<string> {
  const name = `motion-mavericks/dev/${provider}/webhook-signing-secret`;
  const secret = secrets.find(name)?.versions['AWSCURRENT']?.value ?? '';
  const eventId = randomUUID();
  const event = { eventId, eventType: type, at: new Date(), data: { ...data, created_at } };
  const { headers, body } = registry[provider].signature.sign(event, secret);
  const response = await fetch(`${url}${webhookPath(provider)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  expect(response.status).toBe(200);
  return eventId;
}
