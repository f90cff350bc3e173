/**
 * What may be in no log, found by walking through what went in. It shares nothing with lambdas/platform/redaction.ts and
 * the providers' lists: what those overlook, this has to find.
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

/** Whole, and up to the @: what is left of it then is its domain. */
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

/** The name of a thing opens nothing; only a playback id does, where its film is public. */
function tokensIn(text: string, path: readonly string[]): readonly string[] {
  const isName = /(^|_)(id|passthrough)$/.test(path.at(-1) ?? '') && !path.includes('playback_ids');
  return token.test(text) && !uuid.test(text) && !isName ? [text] : [];
}

/** A secret as it is stored, and each text in it where it is JSON. */
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

/** Of any secret and any moment. */
export const signatureShapes = [
  /v1=[0-9a-f]{64}/,
  /v1,[A-Za-z0-9+/]{43}=/,
  /whsec_[A-Za-z0-9+/]{8,}/,
  /eyJ[\w-]{8,}\./,
];
