import { createHmac } from 'node:crypto';
import Mux from '@mux/mux-node';
import { Resend } from 'resend';
import { Webhook } from 'standardwebhooks';
import type { SigningSecret } from '../../lambdas/platform/signing-secret-cache.ts';
import { verifyMuxSignature } from '../../lambdas/providers/mux/signature.ts';
import { verifyResendSignature } from '../../lambdas/providers/resend/signature.ts';
import type { VerifySignature } from '../../lambdas/webhooks/ingest/verify-signature.ts';
import { muxSecret, muxSignature } from '../../test/support/providers/mux.ts';
import { makeBodies } from './deliveries.ts';
import type { VerificationTask, Way } from './ways.ts';

const svixSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
// Read once for many deliveries.
const muxSecrets: readonly SigningSecret[] = [{ version: 'AWSCURRENT', value: muxSecret }];
const svixSecrets: readonly SigningSecret[] = [{ version: 'AWSCURRENT', value: svixSecret }];

const mux = new Mux({ webhookSecret: muxSecret });
const resend = new Resend('re_bench');

type Headers = Readonly<Record<string, string>>;

/** From the text that API Gateway hands over. Each throws for what is not genuine. */
const verifiers: Readonly<Record<Way, (body: string, headers: Headers) => unknown>> = {
  // Nothing is compared: what a verification is never cheaper than.
  raw: (body) => createHmac('sha256', muxSecret).update(body).digest('hex'),
  'ours mux': (body, headers) => ours(verifyMuxSignature, muxSecrets, body, headers),
  'mux-node': (body, headers) => mux.webhooks.verifySignature(body, headers),
  'ours resend': (body, headers) => ours(verifyResendSignature, svixSecrets, body, headers),
  resend: (
    payload,
    { 'svix-id': id = '', 'svix-timestamp': timestamp = '', 'svix-signature': signature = '' },
  ) =>
    resend.webhooks.verify({
      payload,
      headers: { id, timestamp, signature },
      webhookSecret: svixSecret,
    }),
  // Told not to parse what it has verified, as ours does not.
  standardwebhooks: (body, headers) =>
    new Webhook(svixSecret).verify(
      body,
      {
        'webhook-id': headers['svix-id'] ?? '',
        'webhook-timestamp': headers['svix-timestamp'] ?? '',
        'webhook-signature': headers['svix-signature'] ?? '',
      },
      { jsonParse: false },
    ),
};

function ours(
  verify: VerifySignature,
  secrets: readonly SigningSecret[],
  body: string,
  headers: Headers,
): void {
  const delivery = { body, headers, receivedAt: new Date(), trace: 'bench' };
  const { genuine } = verify(delivery, secrets);
  if (!genuine) throw new Error('Not genuine.');
}

process.on('message', async (task: VerificationTask) => {
  process.send?.(await measure(task));
});

async function measure({ way, bytes, milliseconds }: VerificationTask): Promise<number> {
  const [body = ''] = makeBodies(1, bytes);
  const headers = { 'mux-signature': muxSignature(body), ...svixHeaders(body) };
  const verify = verifiers[way];
  if (way !== 'raw') await refuses(() => verify(`${body} `, headers), way);
  const until = performance.now() + milliseconds;
  const before = process.cpuUsage();
  let verified = 0;
  do {
    // The clock is asked once for many.
    for (let index = 0; index < 50; index += 1) {
      const verdict = verify(body, headers);
      if (verdict instanceof Promise) await verdict;
    }
    verified += 50;
  } while (performance.now() < until);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / verified;
}

async function refuses(verify: () => unknown, way: Way): Promise<void> {
  try {
    await verify();
  } catch {
    return;
  }
  throw new Error(`${way} takes a body that was not signed.`);
}

function svixHeaders(body: string): Headers {
  const [id, timestamp] = ['msg_bench', String(Math.floor(Date.now() / 1000))];
  const key = Buffer.from(svixSecret.slice('whsec_'.length), 'base64');
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${digest}` };
}
