import { createHmac } from 'node:crypto';
import Mux from '@mux/mux-node';
import { Webhook } from 'standardwebhooks';
import { verifyMuxSignature } from '../../lambdas/providers/mux/signature.ts';
import { verifyResendSignature } from '../../lambdas/providers/resend/signature.ts';
import { muxSecret, muxSignature } from '../../test/support/providers/mux.ts';

const resendSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const webhook = new Webhook(resendSecret);
const mux = new Mux({ webhookSecret: muxSecret });
const muxSecrets = [{ version: 'AWSCURRENT' as const, value: muxSecret }];
const resendSecrets = [{ version: 'AWSCURRENT' as const, value: resendSecret }];

/** Ways to verify one genuine body. `createHmac` compares nothing: it is the lower bound. */
export function signatureChecks(body: string): Readonly<Record<string, () => unknown>> {
  const now = new Date();
  const svix = {
    'svix-id': 'msg_bench',
    'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
    'svix-signature': webhook.sign('msg_bench', now, body),
  };
  const standard = Object.fromEntries(
    Object.entries(svix).map(([name, value]) => [name.replace('svix', 'webhook'), value]),
  );
  const headers = { 'mux-signature': muxSignature(body), ...svix };
  const delivery = { body, headers, receivedAt: new Date(), trace: 'bench' };
  return {
    createHmac: () => createHmac('sha256', muxSecret).update(body).digest('hex'),
    'mux scheme': () => mustBeGenuine(verifyMuxSignature(delivery, muxSecrets)),
    '@mux/mux-node': () => mux.webhooks.verifySignature(body, headers),
    'resend scheme': () => mustBeGenuine(verifyResendSignature(delivery, resendSecrets)),
    // Does not parse the body, as the product's verification does not.
    standardwebhooks: () => webhook.verify(body, standard, { jsonParse: false }),
  };
}

function mustBeGenuine({ genuine }: { readonly genuine: boolean }): void {
  if (!genuine) throw new Error('The signature is rejected.');
}

/** @returns CPU microseconds of one check. */
export async function measureCheck(check: () => unknown, milliseconds: number): Promise<number> {
  const until = performance.now() + milliseconds;
  const before = process.cpuUsage();
  let checked = 0;
  for (; performance.now() < until; checked += 50)
    for (let index = 0; index < 50; index += 1) {
      const result = check();
      if (result instanceof Promise) await result;
    }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / checked;
}
