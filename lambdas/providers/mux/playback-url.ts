import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { parseJson } from '../../platform/json.ts';
import { parsedSecret, type SecretSource } from '../../platform/secret-cache.ts';
import { RepairableError } from '../../webhooks/failures.ts';

export interface PlaybackUrl {
  readonly url: string;
  readonly expiresAt: Date | null;
}

/**
 * Returns the URL that plays the video.
 * @throws RepairableError for a key that cannot be read or used: an asset must not become ready
 * before its members can play it.
 */
export type SignPlayback = (playbackId: string, policy: string) => Promise<PlaybackUrl>;

const keySecret = z.object({ keyId: z.string().min(1), privateKey: z.string().min(1) });

/**
 * Signs playback URLs as @mux/mux-node does, but imports the key once per secret value.
 * @mux/mux-node imports the key for each token, which takes twice as long as signing.
 * @param lifetimeHours Setting `playbackUrlHours`. The portal signs again when a member plays the
 * video; this URL serves pages opened from the notification.
 */
export function makeSignPlayback(
  readKey: () => Promise<PlaybackKey>,
  lifetimeHours: number,
  now: Clock,
): SignPlayback {
  const tokenFor = async (playbackId: string, exp: number) => {
    try {
      return await signToken(playbackId, await readKey(), exp);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new RepairableError('playback-key-unusable', message, { cause: error });
    }
  };
  return async function signPlayback(playbackId, policy) {
    const url = `https://stream.mux.com/${playbackId}.m3u8`;
    if (policy === 'public') return { url, expiresAt: null };
    const exp = Math.floor(now().getTime() / 1000) + lifetimeHours * 3_600;
    return {
      url: `${url}?token=${await tokenFor(playbackId, exp)}`,
      expiresAt: new Date(exp * 1000),
    };
  };
}

export interface PlaybackKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** https://www.mux.com/docs/guides/secure-video-playback: the audience `v` permits playing the video. */
function signToken(playbackId: string, { id, key }: PlaybackKey, exp: number): Promise<string> {
  return new SignJWT({ kid: id, sub: playbackId, aud: 'v', exp })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .sign(key);
}

/** Reads the secret again after a time, and imports the key once per value. */
export const cachedPlaybackKey = (source: SecretSource) => parsedSecret(source, importPlaybackKey);

/**
 * Imports the secret: JSON with `keyId` and `privateKey`, as issued by Mux. The key is PEM or
 * base64 of PEM.
 * @throws an error that does not contain the key.
 */
export function importPlaybackKey(text: string): PlaybackKey {
  const parsed = keySecret.safeParse(parseJson(text));
  if (parsed.success) {
    const { keyId, privateKey } = parsed.data;
    const pem = privateKey.trim().startsWith('-----BEGIN')
      ? privateKey
      : Buffer.from(privateKey, 'base64').toString();
    try {
      const key = createPrivateKey(pem);
      if (isRsaKey(key)) return { id: keyId, key };
    } catch {
      // Reported below, because the original error may contain the key.
    }
  }
  throw new Error(
    'The playback signing key must be JSON with keyId and a privateKey in PEM, as issued by Mux: ' +
      `an RSA key of at least ${MINIMUM_BITS} bits.`,
  );
}

// RS256 with a shorter key fails at each signature: RFC 7518, section 3.3.
const MINIMUM_BITS = 2_048;

const isRsaKey = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= MINIMUM_BITS;
