import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const muxSecret = 'k3r8v0yq6t1m9w2z5x7b4n8c0d6f2g1h';

/** Returns a `Mux-Signature` header. The signature tests compare it with @mux/mux-node. */
export function muxSignature(
  body: string | Uint8Array,
  { secret = muxSecret, at = new Date() }: { secret?: string; at?: Date } = {},
): string {
  const t = unixSeconds(at);
  return `t=${t},v1=${muxDigest(t, body, secret)}`;
}

export function muxDigest(
  t: number | string,
  body: string | Uint8Array,
  secret = muxSecret,
): string {
  return createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');
}

export const unixSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** Reads a fixture such as `video.asset.ready`, byte for byte. */
export function muxFixture(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/mux/${name}.json`, import.meta.url));
}
