/** 16 at least: whoever knows the key is given the answer, and the answer is stored sealed with it. */
export const KEY_LENGTH = { min: 16, max: 255 } as const;

export type KeyReading =
  | { readonly key: string }
  | {
      readonly fault: 'idempotency-key-missing' | 'idempotency-key-malformed';
      readonly detail: string;
    };

// sf-string of https://www.rfc-editor.org/rfc/rfc8941#name-parsing-a-string, without parameters.
const quoted = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

// What clients that know nothing of structured fields send: a UUID, a ULID. No comma: two headers arrive joined by one.
const bare = /^[A-Za-z0-9._~:/+=-]+$/;

/**
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.1: a string in quotes.
 * The bare form is taken too, and means the same key.
 */
export function readIdempotencyKey(header: string | undefined): KeyReading {
  const text = header?.trim();
  if (!text)
    return {
      fault: 'idempotency-key-missing',
      detail: 'This request needs the header Idempotency-Key.',
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
