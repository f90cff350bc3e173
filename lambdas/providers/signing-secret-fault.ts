import type { Provider } from '../catalog/providers.ts';
import { registry } from './registry.ts';

/** Returns what is wrong with a signing secret, without any part of it. */
export type SigningSecretFault = (value: string) => string | undefined;

/**
 * Returns the check of a provider's signing secret. It decodes the secret as the verifier does, so
 * it accepts exactly what the verifier can use. Secrets are read without blanks around them.
 */
export const signingSecretFaultOf =
  (provider: Provider): SigningSecretFault =>
  (value) => {
    try {
      registry[provider].signature.decodeSecret(value.trim());
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : 'The signing secret cannot be decoded.';
    }
  };
