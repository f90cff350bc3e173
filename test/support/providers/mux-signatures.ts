import Mux from '@mux/mux-node';
import type { SecretText } from '../../../lambdas/platform/versioned-secret.ts';
import { verifyMuxSignature } from '../../../lambdas/providers/mux/signature.ts';
import type { Delivery } from '../../../lambdas/webhooks/ingest/delivery.ts';
import type { SignatureResult } from '../../../lambdas/webhooks/ingest/verify-signature.ts';
import { muxDigest, muxFixture, muxSecret, unixSeconds } from './mux.ts';

export const mux = new Mux({ apiKey: 'unused', webhookSecret: muxSecret } as object);
export const body = muxFixture('video.asset.ready');
/** Time of the receipt. @mux/mux-node needs it as its clock. */
export const now = new Date('2026-11-23T10:00:00Z');
export const t = unixSeconds(now);
export const v1 = muxDigest(t, body);

export const currentSecret = (value: string): SecretText => ({ version: 'AWSCURRENT', value });
export const previousSecret = (value: string): SecretText => ({ version: 'AWSPREVIOUS', value });

export function verifySignature(
  header: string | undefined,
  overrides: Partial<Delivery> = {},
  secrets: readonly SecretText[] = [currentSecret(muxSecret)],
): SignatureResult {
  const delivery = {
    body,
    headers: header === undefined ? {} : { 'mux-signature': header },
    receivedAt: now,
    trace: 'trace',
    ...overrides,
  };
  return verifyMuxSignature(delivery, secrets);
}

export const secondsAgo = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);

/** Returns true if @mux/mux-node, which reads the clock, accepts the header. */
export async function muxAccepts(
  header: string,
  bytes: Uint8Array = body,
  secret = muxSecret,
): Promise<boolean> {
  try {
    await mux.webhooks.verifySignature(
      Buffer.from(bytes).toString(),
      { 'mux-signature': header },
      secret,
    );
    return true;
  } catch {
    return false;
  }
}
