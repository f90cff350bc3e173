import { expect, test } from '@jest/globals';
import Mux from '@mux/mux-node';
import { Webhook } from 'standardwebhooks';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { isSynthetic } from '../../../lambdas/catalog/synthetic-events.ts';
import { makeSignSynthetic } from '../../../lambdas/operations/sign-synthetic.ts';
import { registry } from '../../../lambdas/providers/registry.ts';
import { muxSecret } from '../../support/providers/mux.ts';

const secrets: Readonly<Record<string, string>> = {
  'dev/mux': ` ${muxSecret}\n`,
  'dev/resend': 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX',
};
const signWith = (values: Readonly<Record<string, string>>) =>
  makeSignSynthetic(
    { mux: 'dev/mux', resend: 'dev/resend' },
    async (id) => values[id],
    () => new Date(),
  );

test('creates signatures that the packages of the providers accept', async () => {
  const sign = signWith(secrets);
  const mux = await sign('mux');
  const resend = await sign('resend');

  await new Mux({ webhookSecret: muxSecret }).webhooks.verifySignature(mux.body, {
    ...mux.headers,
  });
  const {
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': signature,
  } = resend.headers;
  new Webhook(secrets['dev/resend'] ?? '').verify(resend.body, {
    'webhook-id': id ?? '',
    'webhook-timestamp': timestamp ?? '',
    'webhook-signature': signature ?? '',
  });
  expect(JSON.parse(mux.body)).toMatchObject({ id: mux.event, data: {} });
  expect(id).toBe(resend.event);
});

test.each(providers)(
  'signs only synthetic events of %s, each with a new id, and never returns the secret',
  async (provider) => {
    const secret = registry[provider].signature.formatSecret(Buffer.alloc(24, 7));
    const sign = makeSignSynthetic(
      { [provider]: 'id' },
      async () => secret,
      () => new Date(),
    );
    const [one, other] = [await sign(provider), await sign(provider)];
    const { identify } = registry[provider].signature;
    const { eventId, eventType } = identify({
      headers: one.headers,
      document: JSON.parse(one.body),
    });

    expect(isSynthetic(String(eventType))).toBe(true);
    expect(eventId).toBe(one.event);
    expect(one.event).toMatch(/^smoke-[0-9a-f-]{36}$/);
    expect(one.event).not.toBe(other.event);
    expect(JSON.stringify(one)).not.toContain(secret);
  },
);

test('rejects a provider without a secret', async () => {
  await expect(signWith({})('mux')).rejects.toThrow('The secret dev/mux has no value.');
});
