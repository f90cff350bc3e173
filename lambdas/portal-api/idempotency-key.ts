/**
 * The minimum makes a key hard to guess: the stored response is encrypted with the key, and
 * a caller that sends the key receives the response.
 */
export const KEY_LENGTH = { min: 16, max: 255 } as const;

export type KeyReading =
  | { readonly key: string }
  | {
      readonly fault: 'idempotency-key-missing' | 'idempotency-key-malformed';
      readonly detail: string;
    };

// sf-string of https://www.rfc-editor.org/rfc/rfc8941#name-parsing-a-string, without parameters.
const quoted = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

// Accepts a UUID or a ULID from clients that do not support structured fields. A comma is not
// accepted, because API Gateway joins two headers with one.
const bare = /^[A-Za-z0-9._~:/+=-]+$/;

/**
 * Reads the header as a string in quotes, and also accepts the same key without quotes.
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.1
 */
export function readIdempotencyKey(header: string | undefined): KeyReading {
  const text = header?.trim();
  if (!text)
    return {
      fault: 'idempotency-key-missing',
      detail: 'The header Idempotency-Key is required.',
    };
  const key = quoted.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? bare.exec(text)?.[0];
  if (key === undefined)
    return malformed(
      'expected one string in quotes, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"',
    );
  if (key.length < KEY_LENGTH.min || key.length > KEY_LENGTH.max)
    return malformed(
      `expected ${KEY_LENGTH.min} to ${KEY_LENGTH.max} characters, such as a random UUID`,
    );
  return { key };
}

const malformed = (detail: string): KeyReading => ({ fault: 'idempotency-key-malformed', detail });
