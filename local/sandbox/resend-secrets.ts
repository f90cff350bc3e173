import { randomBytes } from 'node:crypto';

/**
 * Signing secrets of the webhook: the newest first, then older ones for a day after their rotation.
 * https://resend.com/docs/api-reference/webhooks/rotate-signing-secret
 */
export interface ResendSigning {
  secrets(): readonly string[];
  /** @returns the new secret. */
  rotate(): string;
  /** Makes the secret of a new webhook, which signs alone. @returns the secret. */
  replace(): string;
  /** Moves every rotation into the past, for tests of long periods. */
  age(milliseconds: number): void;
}

const OVERLAP_MS = 24 * 3_600_000;

/** @param stored Returns the secrets that the operator stored; used until the first rotation. */
export function makeResendSigning(stored: () => readonly string[]): ResendSigning {
  let newest: string | undefined;
  let older: readonly { readonly secret: string; readonly until: number }[] = [];
  const valid = () => older.filter(({ until }) => until > Date.now());
  return {
    secrets: () =>
      newest === undefined ? stored() : [newest, ...valid().map(({ secret }) => secret)],
    rotate() {
      const until = Date.now() + OVERLAP_MS;
      const replaced = newest === undefined ? stored() : [newest];
      older = [...replaced.map((secret) => ({ secret, until })), ...valid()];
      newest = newSecret();
      return newest;
    },
    replace() {
      older = [];
      newest = newSecret();
      return newest;
    },
    age(milliseconds) {
      older = older.map(({ secret, until }) => ({ secret, until: until - milliseconds }));
    },
  };
}

const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`;
