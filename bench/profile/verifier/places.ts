import type { Places } from '../shares.ts';

/** Not of what it looks at. */
export const profiler = 'the profiler itself';

const looking = [profiler, /node:inspector/] as const;
// Node tells the profiler that it idles for as long as it polls, and what it decrypts it decrypts there.
const waiting = ['waiting for AWS, with what OpenSSL does meanwhile', /^\(idle\)/] as const;
const garbage = ['collecting garbage', /^\(garbage collector\)/] as const;
const native = ['in Node itself, under no function', /^\(program\)/] as const;
const signing = ['signing requests to AWS', /^(signedHeaders|signingKey) /] as const;
const verifying = ['verifying the signature', /^(verifyMuxSignature|verdictOn) /] as const;
const reading = [
  'reading the event',
  /^(readDelivery|readEvent|loggedPayload|toQueueMessage|fitsQueue) /,
] as const;
const logging = [
  'audit line and counts',
  /^(inOneWrite|report|writeLine|writeLog|emitMetrics) /,
] as const;
const http = [
  'HTTP and timers of Node',
  /node:(_http|https|net|events|timers|internal\/(streams|stream_base|timers|tls|http))/,
] as const;
const rest = ['the rest of the verifier', / file:.*\.mjs$/] as const;

/** Of loading the bundle and of the first delivery. */
export const firstPlaces: Places = [
  ...[looking, waiting, garbage, native],
  ['loading node:crypto', /^ node:crypto$/],
  ['loading node:https and node:tls', /^ node:https$/],
  ['reading and compiling the bundle', /^compileSourceTextModule /],
  [
    'making TLS contexts, with the certificates to trust',
    /^(createSecureContext|configSecureContext|SecureContext) /,
  ],
  ['opening TLS connections', /node:(net|internal\/tls)/],
  ...[signing, verifying, reading, logging, http],
  ['finding modules', /node:internal\/(modules|bootstrap)/],
  rest,
];

/** Of each delivery after that. */
export const warmPlaces: Places = [
  ...[looking, waiting, garbage, native, logging],
  ['writing to the socket', /^(writeUtf8String|writeLatin1String|writeBuffer|writev) /],
  ['reading from the socket, and parsing answers', /^(onStreamRead|socketOnData) /],
  ...[signing, verifying, reading, http],
  rest,
];
