import * as z from 'zod';
import { providers, webhookPath } from '../catalog/providers.ts';
import { makeSendMessage, openSqs } from '../platform/aws/sqs.ts';
import { cachedSecret, type SecretSource } from '../platform/secret-cache.ts';
import type { ReconciledProvider } from './reconcile.ts';
import { reconcilers } from './reconcilers.ts';

interface Environment {
  /** JSON object: provider → name of the secret with its API key. */
  readonly RECONCILIATION_KEYS: string;
  /** JSON object: provider → URL of the queue of its processor. */
  readonly RECOVERY_QUEUES: string;
  /** Base URL of all endpoints. */
  readonly API_URL: string;
}

const textByProvider = z.partialRecord(z.enum(providers), z.string());

/** Connects the reconciler of each provider that offers one to its API and its queue. */
export function openReconciledProviders(
  env: Environment,
  source: Pick<SecretSource, 'fetch' | 'now'>,
): readonly ReconciledProvider[] {
  const keys = textByProvider.parse(JSON.parse(env.RECONCILIATION_KEYS));
  const queues = textByProvider.parse(JSON.parse(env.RECOVERY_QUEUES));
  const sqs = openSqs();
  return providers.flatMap((provider) => {
    const [open, secretId, queueUrl] = [reconcilers[provider], keys[provider], queues[provider]];
    if (open === undefined || secretId === undefined || queueUrl === undefined) return [];
    const readKey = cachedSecret({ secretId, ...source });
    const reconcile = open({ readKey, address: `${env.API_URL}${webhookPath(provider)}` });
    return [{ provider, reconcile, enqueue: makeSendMessage(queueUrl, sqs) }];
  });
}
