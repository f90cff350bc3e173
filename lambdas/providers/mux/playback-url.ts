import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { parseJson } from '../../platform/json.ts';

export interface PlaybackUrl {
  readonly url: string;
  readonly expiresAt: Date | null;
}

/** @throws when the key cannot be used: a film is not ready for its members before they can play it. */
export type SignPlayback = (playbackId: string, policy: string) => Promise<PlaybackUrl>;

const signingKey = z.object({ keyId: z.string().min(1), privateKey: z.string().min(1) });

/** The portal signs anew when a member plays a film; this one is for whatever shows it right after the news. */
const LIFETIME_SECONDS = 7 * 86_400;

/**
 * Signs what @mux/mux-node signs, without its reading the key anew each time, which takes twice as long as to sign.
 * @param readKey The secret's text: JSON with `keyId` and `privateKey` (PEM, or base64 of it), as Mux hands them out.
 */
export function makeSignPlayback(readKey: () => Promise<string>, now: Clock): SignPlayback {
  let known: { readonly text: string; readonly key: SigningKey } | undefined;
  return async function signPlayback(playbackId, policy) {
    const url = `https://stream.mux.com/${playbackId}.m3u8`;
    if (policy === 'public') return { url, expiresAt: null };
    const text = await readKey();
    if (known?.text !== text) known = { text, key: readSigningKey(text) };
    const exp = Math.floor(now().getTime() / 1000) + LIFETIME_SECONDS;
    return {
      url: `${url}?token=${makeToken(playbackId, known.key, exp)}`,
      expiresAt: new Date(exp * 1000),
    };
  };
}

interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** https://www.mux.com/docs/guides/secure-video-playback: `aud` v is for playing a video. */
function makeToken(playbackId: string, { id, key }: SigningKey, exp: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ kid: id, sub: playbackId, aud: 'v', exp })}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

/** @throws what does not repeat the key. */
function readSigningKey(text: string): SigningKey {
  const parsed = signingKey.safeParse(parseJson(text));
  if (parsed.success) {
    const { keyId, privateKey } = parsed.data;
    const pem = privateKey.trim().startsWith('-----BEGIN')
      ? privateKey
      : Buffer.from(privateKey, 'base64').toString();
    try {
      return { id: keyId, key: createPrivateKey(pem) };
    } catch {
      // Said below, as whatever else is wrong with it.
    }
  }
  throw new Error(
    'The playback signing key must be JSON with keyId and a privateKey in PEM, as Mux hands them out.',
  );
}
