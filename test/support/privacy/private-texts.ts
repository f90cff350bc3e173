/**
 * Returns the texts of an input that must not appear in any log.
 * Shares no code with lambdas/platform/redaction.ts and the payload allow-lists, so that it finds
 * what those miss.
 */
export function privateTextsIn(value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value === 'string')
    return [...addressesIn(value), ...queriesIn(value), ...tokensIn(value, path)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...privateTextsIn(key),
    ...privateTextsIn(item, [...path, key]),
  ]);
}

/** Returns each address, and its part before the @; only the domain may be logged. */
function addressesIn(text: string): readonly string[] {
  return [...text.matchAll(/([^\s<>"',;:()]+)@[\w-]+(\.[\w-]+)+/g)].flatMap(([address, name]) => [
    address,
    `${name}@`,
    `${name}%40`,
  ]);
}

function queriesIn(text: string): readonly string[] {
  return [...text.matchAll(/https?:\/\/[^\s"<>?#]+[?#]([^\s"<>]{4,})/g)].flatMap(
    ([, query = '']) => [
      query,
      ...query
        .split('&')
        .map((pair) => pair.slice(pair.indexOf('=') + 1))
        .filter((part) => part.length >= 12),
    ],
  );
}

const token = /^(?=.*\d)(?=.*[A-Za-z])[\w+/=.-]{20,}$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns texts that look like tokens. Ids are not secret, except playback ids. */
function tokensIn(text: string, path: readonly string[]): readonly string[] {
  const isId = /(^|_)(id|passthrough)$/.test(path.at(-1) ?? '') && !path.includes('playback_ids');
  return token.test(text) && !uuid.test(text) && !isId ? [text] : [];
}

/** Returns the stored secret, each text in a JSON secret, and the password in a URL. */
export function textsOfSecret(secret: string): readonly string[] {
  const inner = Object.values(parsed(secret)).filter((value) => typeof value === 'string');
  const password = /:\/\/[^/:@]*:([^/@]+)@/.exec(secret)?.[1] ?? '';
  return [secret, ...inner, decodeURIComponent(password)].filter((text) => text.length >= 8);
}

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Match signatures and secrets of any value. */
export const signatureShapes = [
  /v1=[0-9a-f]{64}/,
  /v1,[A-Za-z0-9+/]{43}=/,
  /whsec_[A-Za-z0-9+/]{8,}/,
  /eyJ[\w-]{8,}\./,
];
