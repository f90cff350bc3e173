/** Replaces what is hidden. */
export const HIDDEN = '***';

const privateWord =
  '(?:secret|token|password|passwd|passphrase|signature|credential|' +
  '(?:api|private|access|stream|signing)[-_]?key)';

const addressCharacter = "[\\p{L}\\p{M}\\p{N}.!#$%&'*+=^_`{|}~-]";

export type Rule = readonly [pattern: RegExp, replacement: string | ((match: string) => string)];

/**
 * Builds the rules. Bodies can be long and hostile, so every pattern must run in linear time: a
 * pattern may scan a stretch of text from a bounded number of start positions only.
 */
export const makeRules = (): readonly Rule[] => [
  [
    /-----BEGIN ([A-Z ]{1,40})-----(?!\*\*\*)[^-]*(?:-----END [A-Z ]{1,40}-----)?/g,
    `-----BEGIN $1-----${HIDDEN}`,
  ],
  [/\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>\\]+/gi, redactUrl],
  [
    /\b(authorization["']?\s{0,4}[:=]\s{0,4}["']?)(?:[a-z]{1,20}\s{1,4})?[^\s"',;]+/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(Bearer)\s{1,4}[A-Za-z0-9._~+/=-]+/gi, `$1 ${HIDDEN}`],
  [/(?<![\w-])eyJ[\w-]*\.[\w-]+\.[\w-]*/g, HIDDEN],
  [/\bwhsec_[A-Za-z0-9+/=_-]+/g, HIDDEN],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, HIDDEN],
  // A header, or a value that no word of a sentence can be.
  [/\b(x-[a-z-]{0,20}(?:key|token)["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',;]+/gi, `$1${HIDDEN}`],
  [
    new RegExp(`(${privateWord}\\s{0,4}:\\s{0,4})(?=[^\\s"',;]{0,200}\\d)[^\\s"',;]{12,}`, 'gi'),
    `$1${HIDDEN}`,
  ],
  [/\bre_[A-Za-z0-9]{6,}_[A-Za-z0-9_]{8,}/g, HIDDEN],
  [/\b(v\d{1,3}a?)[=,][A-Za-z0-9+/]{32,}={0,2}/g, `$1=${HIDDEN}`],
  [new RegExp(`(${privateWord}["']?\\s{0,4}=\\s{0,4}["']?)[^\\s&"',;]+`, 'gi'), `$1${HIDDEN}`],
  [
    new RegExp(`(${privateWord}\\\\?["']\\s{0,4}:\\s{0,4}\\\\?["'])[^"'\\\\]+`, 'gi'),
    `$1${HIDDEN}`,
  ],
  [
    new RegExp(`(?<!${addressCharacter})${addressCharacter}+?(@|%40)(?=[\\p{L}\\p{N}])`, 'gu'),
    `${HIDDEN}$1`,
  ],
  [/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g, redactIpv4],
  // The full form, or a form with `::`. Times and names of resources have neither.
  [/(?<![\w.:-])(?:[\da-f]{1,4}:){7}[\da-f]{1,4}(?!\w|:[\da-f])/gi, HIDDEN],
  [/(?<![\w.:-])(?:[\da-f]{1,4}:){1,6}(?::[\da-f]{1,4}){1,6}(?!\w|:[\da-f])/gi, HIDDEN],
  [/(?<![\w+/=])\+\d(?:[ ().-]{0,2}\d){7,14}(?![\w+/=])/g, HIDDEN],
  // Australian numbers without the country code.
  [
    new RegExp(
      '(?<![\\w.+:-])' +
        '(?:\\(0\\d\\) ?\\d{4}[ -]?\\d{4}|0[2-478] \\d{4} ?\\d{4}|04\\d\\d[ -]?\\d{3}[ -]?\\d{3})' +
        '(?![\\w.-])',
      'g',
    ),
    HIDDEN,
  ],
  // Names the device of a person. Names of programs, such as `curl/8.4.0`, stay.
  [/\b(?:Mozilla|Dalvik|Opera)\/\d[^"'<>\n\\]{0,400}/g, HIDDEN],
];

/** Addresses of this machine and of private networks name parts of this system, and no person. */
const ownNetwork = /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168)\./;

const redactIpv4 = (address: string): string => (ownNetwork.test(address) ? address : HIDDEN);

/** Matches every text that a rule can match. Most texts contain no marker and skip the rules. */
export const markers = new RegExp(
  '[@="\']|%40|://|-----BEGIN|authorization|bearer\\s|eyJ|whsec_|\\bre_|v\\d{1,3}a?,|A[KS]IA|' +
    'secret|token|passw|passph|signature|credential|key|' +
    '\\d\\.\\d{1,3}\\.\\d|[\\da-f]::[\\da-f]|(?:[\\da-f]{1,4}:){7}|\\+\\d|\\(0\\d\\)|' +
    '\\b0[2-478] \\d{4}|\\b04\\d\\d|Mozilla/|Dalvik/|Opera/',
  'i',
);

function redactUrl(url: string): string {
  const end = url.search(/[?#]/);
  const tail = end === -1 || end === url.length - 1 ? '' : `${url[end]}${HIDDEN}`;
  const base = url.slice(0, end === -1 ? undefined : end);
  return cutPath(base.replace(/:\/\/[^/]*@/g, `://${HIDDEN}@`)) + tail;
}

/** Hosts whose paths name resources of AWS or of this machine, and no person. */
const resourceHost = /^(?:[\w.-]+\.amazonaws\.com(?:\.cn)?|127\.0\.0\.1|localhost)(?::\d{1,5})?$/i;

/**
 * Hides the path of a link: links to share, to unsubscribe and to publish a stream hold their token
 * in the path.
 */
function cutPath(url: string): string {
  const [, start = '', host = '', path = ''] =
    /^((?:https?|rtmps?|srt):\/\/(?:\*\*\*@)?([^/]*))(\/.*)?$/is.exec(url) ?? [];
  return path.length <= 1 || resourceHost.test(host) ? url : `${start}/${HIDDEN}`;
}
