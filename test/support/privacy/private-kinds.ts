import fc from 'fast-check';

/** A private text as a sender may write it. `hidden` must not appear anywhere. */
export interface PrivateDraw {
  readonly kind: string;
  readonly text: string;
  readonly hidden: string;
}

const word = fc.stringMatching(/^[a-z][a-z0-9]{9,15}$/);
const upper = fc.stringMatching(/^[A-Z0-9]{16}$/);
const octet = fc.integer({ min: 1, max: 254 });
const group = fc.stringMatching(/^[1-9a-f][0-9a-f]{3}$/);
const digits = (count: number) => fc.stringMatching(new RegExp(`^[1-9][0-9]{${count - 1}}$`));

const draw = (kind: string, hidden: fc.Arbitrary<string>, write: (hidden: string) => string) =>
  hidden.map((part): PrivateDraw => ({ kind, hidden: part, text: write(part) }));

const streamKey = fc.uuid();

/** Private texts that redaction recognises by their form or by the name beside them. */
const recognised = {
  'signing secret': draw('signing secret', word, (part) => `whsec_${part}`),
  'stream key by name': draw('stream key by name', streamKey, (part) => `stream_key: ${part}`),
  'stream URL': draw('stream URL', streamKey, (part) => `rtmps://live.example:443/app/${part}`),
  'API key of Resend': draw('API key of Resend', word, (part) => `re_Ab12Cd34_${part}`),
  'token secret': draw('token secret', word, (part) => `token_secret=${part}`),
  'token in free text': draw('token in free text', word, (part) => `with token = ${part}`),
  'x-api-key': draw('x-api-key', word, (part) => `-H 'x-api-key: ${part}'`),
  'JSON web token': draw('JSON web token', word, (part) => `eyJhbGciOi.eyJ${part}.${part}`),
  'access key id': draw('access key id', upper, (part) => `AKIA${part}`),
  'secret access key': draw(
    'secret access key',
    word,
    (part) => `aws_secret_access_key = ${part}/K7MDENG+bPxRfiCY`,
  ),
  'authorization header': draw('authorization header', word, (part) => `Authorization: ${part}`),
  'basic credentials': draw('basic credentials', word, (part) => `authorization: Basic ${part}`),
  'bearer token': draw('bearer token', word, (part) => `Bearer ${part}`),
  'database password': draw(
    'database password',
    word,
    (part) => `postgres://portal:${part}@db.example:5432/portal`,
  ),
  'mail address': draw('mail address', word, (part) => `${part}@members.example`),
  'named address': draw('named address', word, (part) => `<${part}@members.example>`),
  'IPv4 address': draw(
    'IPv4 address',
    fc.tuple(octet, octet, octet).map((rest) => `203.${rest.join('.')}`),
    (part) => part,
  ),
  'IPv6 address': draw(
    'IPv6 address',
    fc.array(group, { minLength: 7, maxLength: 7 }).map((rest) => `2001:${rest.join(':')}`),
    (part) => part,
  ),
  'short IPv6 address': draw(
    'short IPv6 address',
    fc.tuple(group, group).map(([one, other]) => `2001:db8:${one}::${other}`),
    (part) => part,
  ),
  'user agent': draw(
    'user agent',
    word,
    (part) => `Mozilla/5.0 (${part}; CPU iPhone OS 17_2) AppleWebKit/605.1.15`,
  ),
  'phone number': draw('phone number', digits(9), (part) => `+61${part}`),
  'spaced phone number': draw(
    'spaced phone number',
    fc.tuple(digits(3), digits(3), digits(3)).map((parts) => parts.join(' ')),
    (part) => `+61 ${part}`,
  ),
  'link path': draw('link path', word, (part) => `https://portal.example/s/${part}`),
  'link query': draw('link query', word, (part) => `https://portal.example/?t=${part}`),
  'private key': draw(
    'private key',
    word,
    (part) => `-----BEGIN PRIVATE KEY-----\nMIIE${part}\n-----END PRIVATE KEY-----`,
  ),
} as const;

/** Private texts without a form of their own: only the allow-list keeps them out. */
const formless = {
  'stream key': draw('stream key', streamKey, (part) => part),
  'token id': draw('token id', streamKey, (part) => part),
  'AWS secret': draw(
    'AWS secret',
    fc.stringMatching(/^[A-Za-z0-9]{18}\/[A-Za-z0-9]{21}$/),
    (part) => part,
  ),
  'display name': draw('display name', word, (part) => `Mira ${part}`),
  password: draw('password', word, (part) => `${part}!7`),
} as const;

export const recognisedKinds = Object.keys(recognised) as readonly (keyof typeof recognised)[];
export const recognisedTexts = fc.oneof(...Object.values(recognised));
export const anyPrivateText = fc.oneof(recognisedTexts, ...Object.values(formless));

/** One example of every kind that redaction recognises, always the same. */
export const oneOfEachKind = (): readonly PrivateDraw[] =>
  Object.values(recognised).flatMap((arbitrary) => fc.sample(arbitrary, { numRuns: 1, seed: 7 }));
