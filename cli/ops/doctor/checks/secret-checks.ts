import * as z from 'zod';
import { type Provider, providers } from '../../../../lambdas/catalog/providers.ts';
import { parseJson } from '../../../../lambdas/platform/json.ts';
import { readDatabaseSecret } from '../../../../lambdas/platform/postgres/database-secret.ts';
import { importPlaybackKey } from '../../../../lambdas/providers/mux/playback-url.ts';
import { registry } from '../../../../lambdas/providers/registry.ts';
import { type Finding, ok, problem } from '../finding.ts';

/** Text of a secret, or why there is none. */
export type SecretRead =
  | { readonly state: 'filled'; readonly text: string }
  | { readonly state: 'absent' | 'empty' | 'denied' };

const token = z.object({ tokenId: z.string().min(1), tokenSecret: z.string().min(1) });

/** Returns what is wrong with the text of a secret, without any part of the text. */
export function formProblem(name: string, text: string): string | undefined {
  try {
    return problemOf(name, text);
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\.$/, '') : 'it cannot be read';
  }
}

function problemOf(name: string, text: string): string | undefined {
  const path = name.split('/').slice(2).join('/');
  const provider = providers.find((one) => path === `${one}/webhook-signing-secret`);
  if (provider !== undefined) return signingSecretProblem(provider, text);
  if (path.startsWith('resend/'))
    return /^re_\w{8,}$/.test(text) ? undefined : 'expected a key that begins with re_';
  if (path.endsWith('api-token'))
    return token.safeParse(parseJson(text)).success
      ? undefined
      : 'expected JSON {"tokenId": "…", "tokenSecret": "…"}';
  if (path === 'mux/playback-signing-key') importPlaybackKey(text);
  else readDatabaseSecret(text);
  return undefined;
}

function signingSecretProblem(provider: Provider, text: string): undefined {
  const at = new Date(0);
  registry[provider].signature.sign({ eventId: 'doctor', eventType: 'doctor', at }, text);
}

/**
 * Checks one secret that must have a value.
 *
 * @param create Command that creates the secret.
 */
export function checkSecret(
  name: string,
  read: SecretRead,
  create = `aws secretsmanager create-secret --name ${name} --secret-string '…'`,
): Finding {
  const check = `secret ${name}`;
  const put = `aws secretsmanager put-secret-value --secret-id ${name} --secret-string '…'`;
  switch (read.state) {
    case 'filled': {
      const fault = formProblem(name, read.text);
      return fault === undefined
        ? ok(check, 'Has a value in the right form.')
        : problem(check, `The value is malformed: ${fault}.`, put);
    }
    case 'denied':
      return problem(check, 'No access to the secret, or it does not exist.', create);
    case 'absent':
      return problem(check, 'Does not exist.', create);
    case 'empty':
      return problem(check, 'Has no value.', put);
  }
}

/** Checks a secret that the first deploy creates: it may be missing, but not malformed. */
export function checkSecretBeforeDeploy(name: string, read: SecretRead): Finding {
  return read.state === 'filled'
    ? checkSecret(name, read)
    : ok(`secret ${name}`, 'Has no value yet. Fill it after the deploy.');
}
