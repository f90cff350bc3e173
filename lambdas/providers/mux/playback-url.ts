import Mux from '@mux/mux-node';
import { z } from 'zod';

export interface PlaybackUrl {
  readonly url: string;
  readonly expiresAt: Date | null;
}

/** @throws when the key cannot be used: a film is not ready for its members before they can play it. */
export type SignPlayback = (playbackId: string, policy: string) => Promise<PlaybackUrl>;

const signingKey = z.object({ keyId: z.string().min(1), privateKey: z.string().min(1) });

/** The portal signs anew when a member plays a film; this one is for whatever shows it right after the news. */
const LIFETIME = '7d';

/** @param readKey The secret's text: JSON with `keyId` and `privateKey` (PEM, or base64 of it), as Mux hands them out. */
export function makeSignPlayback(readKey: () => Promise<string>): SignPlayback {
  const mux = new Mux({ tokenId: '', tokenSecret: '' });
  return async function signPlayback(playbackId, policy) {
    const url = `https://stream.mux.com/${playbackId}.m3u8`;
    if (policy === 'public') return { url, expiresAt: null };
    const { keyId, privateKey } = readSigningKey(await readKey());
    const token = await mux.jwt.signPlaybackId(playbackId, {
      type: 'video',
      expiration: LIFETIME,
      keyId,
      keySecret: privateKey,
    });
    if (typeof token !== 'string') throw new Error('Mux signed something other than one playback token.');
    return { url: `${url}?token=${token}`, expiresAt: expiryOf(token) };
  };
}

function readSigningKey(text: string): z.infer<typeof signingKey> {
  const parsed = signingKey.safeParse(parseJson(text));
  if (!parsed.success)
    throw new Error('The playback signing key must be JSON with keyId and privateKey, as Mux hands them out.');
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function expiryOf(token: string): Date {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
  return new Date(claims.exp * 1000);
}
