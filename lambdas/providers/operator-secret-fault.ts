import { providers } from '../catalog/providers.ts';
import { readDatabaseSecret } from '../platform/postgres/database-secret.ts';
import { readMuxApiToken } from '../platform/provider-apis/mux-api-token.ts';
import { importPlaybackKey } from './mux/playback-url.ts';
import { signingSecretFaultOf } from './signing-secret-fault.ts';

/**
 * Returns what is wrong with the text of a secret that an operator stores, without any part of the
 * text. Each text is read by the function that reads it when it is used.
 * @param name Name with project and stage: `motion-mavericks/<stage>/<path>`.
 */
export function operatorSecretFault(name: string, text: string): string | undefined {
  try {
    return faultOf(name.split('/').slice(2).join('/'), text);
  } catch (error) {
    return error instanceof Error ? error.message : 'It cannot be read.';
  }
}

function faultOf(path: string, text: string): string | undefined {
  const provider = providers.find((one) => path === `${one}/webhook-signing-secret`);
  if (provider !== undefined) return signingSecretFaultOf(provider)(text);
  if (path.startsWith('resend/'))
    return /^re_\w{8,}$/.test(text) ? undefined : 'Expected a key that begins with re_.';
  if (path.endsWith('api-token'))
    return readMuxApiToken(text) === undefined
      ? 'Expected JSON {"tokenId": "…", "tokenSecret": "…"}.'
      : undefined;
  if (path === 'mux/playback-signing-key') importPlaybackKey(text);
  else readDatabaseSecret(text);
  return undefined;
}
