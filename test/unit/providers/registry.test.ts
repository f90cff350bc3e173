import { describe, expect, test } from '@jest/globals';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { registry, webhooksKeys } from '../../../lambdas/providers/registry.ts';
import { rotations } from '../../../lambdas/signing-secrets/rotations.ts';
import { parseEvent } from '../../../lambdas/webhooks/ingest/delivery.ts';
import { loggedPayload } from '../../../lambdas/webhooks/payload-allowlist.ts';
import { generateSecret } from '../../../local/aws/generate-secret.ts';
import { privateTextsIn } from '../../support/privacy/private-texts.ts';

const at = new Date('2026-01-02T03:04:05Z');

describe.each(providers)('the descriptor of %s', (provider) => {
  const { signature, events, payloadAllowlist } = registry[provider];
  const [secret, other] = [1, 2].map(() => generateSecret(`${provider}/webhook-signing-secret`));
  const samples = Object.entries(events.samples).map(([eventType, data]) => {
    const eventId = `sample-${eventType}`;
    const event = { eventId, eventType, at, data };
    const { body, headers } = signature.sign(event, secret ?? '');
    return { eventId, eventType, delivery: { body, headers, receivedAt: at, trace: '' } };
  });
  const secretsOf = (value = '') => [{ version: 'AWSCURRENT' as const, value }];

  test('has a sample of every type that the processor applies', () => {
    expect(Object.keys(events.samples)).toEqual(expect.arrayContaining([...events.appliedTypes]));
  });

  test.each(samples)('signs, verifies, identifies and parses $eventType', (sample) => {
    const { delivery, eventId, eventType } = sample;

    expect(signature.verify(delivery, secretsOf(secret))).toMatchObject({ genuine: true });
    expect(signature.verify(delivery, secretsOf(other))).toEqual({
      genuine: false,
      reason: 'signature-mismatch',
    });
    expect(parseEvent(delivery, signature.identify)).toMatchObject({ eventId, eventType });
    expect(events.parse(eventId, eventType, delivery.body)).toBeDefined();
  });

  test.each(samples)('logs a part of $eventType and nothing private', ({ delivery }) => {
    const document = JSON.parse(delivery.body);
    const logged = JSON.stringify(loggedPayload(document, payloadAllowlist));

    expect(logged).toBeDefined();
    expect(privateTextsIn(document).filter((text) => logged.includes(text))).toEqual([]);
  });

  test('parses no unknown type', () => {
    expect(events.parse('id', 'unknown.type', '{}')).toBeUndefined();
  });

  test('lists every header that it signs with, and needs each of them', () => {
    const listed = signature.headers.map((name) => name.toLowerCase());
    for (const { delivery } of samples) {
      expect(Object.keys(delivery.headers).sort()).toEqual(listed.toSorted());
      for (const name of listed) {
        const { [name]: _, ...headers } = delivery.headers;
        expect(signature.verify({ ...delivery, headers }, secretsOf(secret))).toMatchObject({
          genuine: false,
        });
      }
    }
  });
});

test('exactly the providers with a webhooks key have a rotation', () => {
  expect(Object.keys(rotations).sort()).toEqual([...webhooksKeys().keys()].sort());
});
