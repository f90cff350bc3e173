import { expect, test } from '@jest/globals';
import Mux from '@mux/mux-node';
import fc from 'fast-check';
import { syntheticType } from '../../../../lambdas/catalog/synthetic-events.ts';
import type { Enqueue, QueueMessage } from '../../../../lambdas/platform/aws/queue-message.ts';
import { type FetchSecret, signingSecrets } from '../../../../lambdas/platform/secret-cache.ts';
import { muxPayloadAllowlist } from '../../../../lambdas/providers/mux/payload-allowlist.ts';
import {
  identifyMuxEvent,
  verifyMuxSignature,
} from '../../../../lambdas/providers/mux/signature.ts';
import { fromQueueRecord } from '../../../../lambdas/webhooks/envelope.ts';
import { readDelivery } from '../../../../lambdas/webhooks/ingest/delivery.ts';
import { makeReceiveWebhook } from '../../../../lambdas/webhooks/ingest/receive-webhook.ts';
import { anHttpApiEvent, type Post } from '../../../support/http-api.ts';
import { incompressibleText } from '../../../support/incompressible.ts';
import { muxFixture, muxSecret, muxSignature } from '../../../support/providers/mux.ts';
import { useStdout } from '../../../support/stdout.ts';

const stdout = useStdout();
const body = muxFixture('video.asset.ready');
const { id: eventId, type: eventType } = JSON.parse(body.toString());

/** The verifier with a queue and a Secrets Manager in memory. */
function aVerifier({
  secrets = { AWSCURRENT: muxSecret } as Partial<Record<'AWSCURRENT' | 'AWSPREVIOUS', string>>,
  fetch = (async (_, version) => secrets[version]) as FetchSecret,
  queue = [] as QueueMessage[],
  enqueue = (async (message) => `message-${queue.push(message)}`) as Enqueue,
  now = () => new Date(),
} = {}) {
  const receive = makeReceiveWebhook({
    provider: 'mux',
    verify: verifyMuxSignature,
    identify: identifyMuxEvent,
    payloadAllowlist: muxPayloadAllowlist,
    secrets: signingSecrets({ secretId: 'stage/mux/webhook-signing-secret', fetch, now }),
    enqueue,
    now,
  });
  const deliver = async (post: Post) => {
    const { statusCode, headers, body: text } = await receive(anHttpApiEvent(post));
    expect(headers).toEqual({ 'content-type': 'application/json' });
    return { statusCode, ...JSON.parse(text ?? '') };
  };
  return { deliver, queue };
}

const signed = (bytes: string | Buffer, post: Post = {}): Post => ({
  ...post,
  body: bytes,
  headers: {
    'mux-signature': muxSignature(bytes, { at: post.receivedAt ?? new Date() }),
    ...post.headers,
  },
});

const accepted = { statusCode: 200, code: 'accepted' };
const refused = (statusCode: number, code: string) => ({ statusCode, code });

const metrics = () =>
  stdout
    .filter((line) => '_aws' in line)
    .map((line) => Object.fromEntries(Object.entries(line).slice(1)));
const logged = () => stdout.filter((line) => 'level' in line);

test('2xx means safe: a delivery is answered 200 only after the queue has accepted it', async () => {
  const steps: string[] = [];
  let acceptMessage = (_: string) => {};
  const enqueue: Enqueue = () =>
    new Promise((resolve) => {
      steps.push('handed to the queue');
      acceptMessage = resolve;
    });
  const { deliver } = aVerifier({ enqueue });

  const answered = deliver(signed(body)).then((answer) => {
    steps.push('answered');
    return answer;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(steps).toEqual(['handed to the queue']);
  acceptMessage('message-1');

  expect(await answered).toEqual(accepted);
  expect(steps).toEqual(['handed to the queue', 'answered']);
});

test('the queue carries the body character for character, with what the processor has to know', async () => {
  const { deliver, queue } = aVerifier();
  const receivedAt = new Date('2026-11-23T09:16:51.123Z');

  await deliver(signed(body, { receivedAt }));

  expect(queue).toEqual([
    {
      body: body.toString(),
      attributes: {
        provider: 'mux',
        eventId,
        eventType,
        receivedAt: '2026-11-23T09:16:51.123Z',
        trace: 'JKJaXmPLvHcESHA=',
      },
    },
  ]);
});

test('text is what its UTF-8 is: half a character cannot be sent, and is read as what stands for it', () => {
  expect(readDelivery({ ...anHttpApiEvent(), body: 'a\ud800b' })).toMatchObject({
    body: 'a\ufffdb',
  });
});

test('the trace is that of X-Ray where there is one, and nothing that somebody made up', async () => {
  const { deliver, queue } = aVerifier();
  const root = '1-6922d0d3-1f2e3d4c5b6a798001122334';

  await deliver(
    signed(body, { headers: { 'x-amzn-trace-id': `Self=1-2;Root=${root};Sampled=1` } }),
  );
  await deliver(signed(body, { headers: { 'x-amzn-trace-id': '\uffff'.repeat(300) } }));

  expect(queue.map(({ attributes }) => attributes['trace'])).toEqual([root, 'JKJaXmPLvHcESHA=']);
});

test.each([
  ['a body in base64', signed(body, { base64: true })],
  ['an event type that nobody knows', signed('{"id":"1","type":"robots.job.finished"}')],
  [
    'an id that is no UUID',
    signed('{"id":"372b88da-0991-de13-9029-x","type":"video.asset.ready"}'),
  ],
  ['white space around the document', signed(' \r\n{"id":"1","type":"t"}\n')],
  ['a character that SQS refuses', signed('{"id":"1","type":"t","title":"\uffff\ufffe"}')],
  ['a body of exactly 900 KiB', signed(ofLength(900 * 1024))],
])('accepts %s', async (_, post) => {
  const { deliver, queue } = aVerifier();

  expect(await deliver(post)).toEqual(accepted);
  expect(queue).toHaveLength(1);
});

test.each([
  ['no signature', { body }, 400, 'missing-signature'],
  [
    'a header that is no signature',
    { body, headers: { 'mux-signature': 'abc' } },
    400,
    'malformed-signature',
  ],
  [
    'another body than was signed',
    { ...signed(body), body: `${body} ` },
    400,
    'signature-mismatch',
  ],
  [
    'no body at all',
    { headers: { 'mux-signature': muxSignature(body) } },
    400,
    'signature-mismatch',
  ],
  ['an empty body, signed', signed(''), 400, 'malformed-json'],
  ['null, signed', signed('null'), 400, 'malformed-json'],
  ['an array, signed', signed('[{"id":"1","type":"t"}]'), 400, 'malformed-json'],
  ['a text, signed', signed('"id"'), 400, 'malformed-json'],
  ['half a document, signed', signed('{"id":"1","type":"t"'), 400, 'malformed-json'],
  ['a byte order mark, signed', signed('\ufeff{"id":"1","type":"t"}'), 400, 'malformed-json'],
  ['bytes that are not UTF-8, signed', signed(notUtf8(), { base64: true }), 400, 'malformed-json'],
  ['no id', signed('{"type":"video.asset.ready"}'), 400, 'missing-event-id'],
  ['an empty id', signed('{"id":"","type":"t"}'), 400, 'missing-event-id'],
  ['a number for an id', signed('{"id":7,"type":"t"}'), 400, 'missing-event-id'],
  [
    'an id that no attribute can hold',
    signed('{"id":"\\u0000","type":"t"}'),
    400,
    'missing-event-id',
  ],
  [
    'half of a surrogate pair for an id',
    signed('{"id":"\\ud800","type":"t"}'),
    400,
    'missing-event-id',
  ],
  [
    'an id of 257 characters',
    signed(`{"id":"${'x'.repeat(257)}","type":"t"}`),
    400,
    'missing-event-id',
  ],
  [
    'an id of the prototype',
    signed('{"__proto__":{"id":"1"},"type":"t"}'),
    400,
    'missing-event-id',
  ],
  ['no type', signed('{"id":"1"}'), 400, 'missing-event-type'],
  ['a type that is no text', signed('{"id":"1","type":{}}'), 400, 'missing-event-type'],
  ['a body of one byte more than 900 KiB', signed(ofLength(900 * 1024 + 1)), 413, 'body-too-large'],
  ['as many bytes of fewer characters', signed('ż'.repeat(450 * 1024 + 1)), 413, 'body-too-large'],
  ['a body that outgrows the queue encoded', signed(outgrowing()), 413, 'body-too-large'],
] as const)('refuses %s, and the queue stays empty', async (_, post, statusCode, code) => {
  const { deliver, queue } = aVerifier();

  expect(await deliver(post)).toEqual(refused(statusCode, code));
  expect(queue).toEqual([]);
});

test('whatever it accepts, Mux accepts too, and the queue gives back what was sent', async () => {
  const mux = new Mux({ apiKey: 'unused', webhookSecret: muxSecret } as object);
  const text = fc.string({ unit: 'binary' });
  const documents = fc.record({
    id: text,
    type: text,
    data: fc.jsonValue({ stringUnit: 'binary' }),
  });
  const bytes = fc.oneof(
    documents.map((value) => Buffer.from(JSON.stringify(value))),
    documents.map((value) =>
      Buffer.from(JSON.stringify(value, null, '\t').replaceAll('\\u', '\\U')),
    ),
    fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array)),
  );

  await fc.assert(
    fc.asyncProperty(bytes, fc.boolean(), async (delivered, base64) => {
      const { deliver, queue } = aVerifier();
      const post = signed(delivered, { base64 });
      const { statusCode } = await deliver(post);
      const [message] = queue;

      expect(statusCode).toBe(message === undefined ? 400 : 200);
      if (message === undefined) return;
      const event = await mux.webhooks.unwrap(delivered.toString(), post.headers ?? {});
      const envelope = fromQueueRecord(asRecord(message));
      expect(Buffer.from(envelope.body)).toEqual(delivered);
      expect([envelope.eventId, envelope.eventType]).toEqual([event.id, event.type]);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['does not exist', async () => undefined],
  ['is empty', async () => ''],
  ['is white space', async () => ' \n'],
  [
    'cannot be read',
    async () => {
      throw new Error('AccessDeniedException');
    },
  ],
])('fails closed: answers 500 when the secret %s, signed or not', async (_, fetch) => {
  const { deliver, queue } = aVerifier({ fetch });

  for (const post of [signed(body), { body }, { ...signed(body), body: 'forged' }]) {
    expect(await deliver(post)).toEqual(refused(500, 'not-configured'));
  }
  expect(
    await deliver({ body, headers: { 'mux-signature': muxSignature(body, { secret: '' }) } }),
  ).toEqual(refused(500, 'not-configured'));
  expect(queue).toEqual([]);
  expect(logged()).toContainEqual(
    expect.objectContaining({ level: 'ERROR', message: 'Signing secret cannot be used' }),
  );
  expect(metrics()).toContainEqual({ provider: 'mux', reason: 'not-configured', Rejected: 1 });
});

test('while the previous version cannot be read, what the current one does not verify is answered 500: it may be genuine', async () => {
  const { deliver, queue } = aVerifier({
    fetch: async (_, version) => {
      if (version === 'AWSPREVIOUS') throw new Error('ThrottlingException');
      return muxSecret;
    },
  });

  expect(await deliver(signed(body))).toEqual(accepted);
  expect(await deliver({ ...signed(body), body: 'forged' })).toEqual(
    refused(500, 'not-configured'),
  );
  expect(queue).toHaveLength(1);
});

test('answers 500 when the queue does not take the message, so that Mux sends it again', async () => {
  const enqueue = async () => {
    throw new Error('connect ECONNREFUSED');
  };
  const { deliver } = aVerifier({ enqueue });

  expect(await deliver(signed(body))).toEqual(refused(500, 'not-enqueued'));
  expect(logged()).toContainEqual(
    expect.objectContaining({
      message: 'Failed to enqueue delivery',
      error: expect.objectContaining({ message: 'connect ECONNREFUSED' }),
    }),
  );
});

test('a rotation drops nothing: the previous secret stays good, and a new one is read on the first mismatch', async () => {
  const secrets: { AWSCURRENT?: string; AWSPREVIOUS?: string } = { AWSCURRENT: 'first' };
  const { deliver } = aVerifier({ secrets });
  const signedWith = (secret: string): Post => ({
    body,
    headers: { 'mux-signature': muxSignature(body, { secret }) },
  });

  expect(await deliver(signedWith('first'))).toEqual(accepted);
  Object.assign(secrets, { AWSCURRENT: 'second', AWSPREVIOUS: 'first' });

  expect(await deliver(signedWith('second'))).toEqual(accepted);
  expect(await deliver(signedWith('first'))).toEqual(accepted);
  expect(
    metrics().map(({ SecretCurrent, SecretPrevious }) => [SecretCurrent, SecretPrevious]),
  ).toEqual([
    [1, 0],
    [1, 0],
    [0, 1],
  ]);
});

test('a flood of forgeries reads the secret once more, not each time', async () => {
  let reads = 0;
  const fetch: FetchSecret = async (_, version) => {
    reads += version === 'AWSCURRENT' ? 1 : 0;
    return version === 'AWSCURRENT' ? muxSecret : undefined;
  };
  const { deliver } = aVerifier({ fetch });

  for (let forgery = 0; forgery < 20; forgery += 1) {
    const headers = { 'mux-signature': muxSignature(body, { secret: `guess ${forgery}` }) };
    expect(await deliver({ body, headers })).toEqual(refused(400, 'signature-mismatch'));
  }
  expect(reads).toBe(2);
});

test('an accepted delivery leaves one audit line and one set of counts, with zeros where nothing happened', async () => {
  const times = [1_000, 1_000, 1_042].map((ms) => new Date(ms));
  const { deliver } = aVerifier({ now: () => times.shift() ?? new Date(1_042) });

  await deliver(signed(body, { receivedAt: new Date('2026-11-23T09:16:51Z') }));

  expect(logged()).toEqual([
    {
      level: 'INFO',
      timestamp: expect.any(String),
      message: 'Delivery accepted',
      provider: 'mux',
      code: 'accepted',
      secretVersion: 'AWSCURRENT',
      eventId,
      eventType,
      payload: {
        created_at: '2026-11-23T09:16:50.797017Z',
        environment: { name: 'Production' },
        data: {
          id: 'coO38Eu2E1sp8mmwlO9irrQfWFrGjIUnA23PAKkQWF0o',
          upload_id: 'NemVaEORxEfzuZNoiXXk5KbrchVHcFo68cDhUmpp964ryw',
          status: 'ready',
          passthrough: '5c0e7a52-4f1b-4a3e-9d7c-1b2f6a8e3d40',
          playback_ids: [{ policy: 'signed' }],
          duration: 12.5,
          aspect_ratio: '16:9',
        },
      },
      messageId: 'message-1',
      bytes: body.length,
      tookMs: 42,
      trace: 'JKJaXmPLvHcESHA=',
    },
  ]);
  expect(metrics()).toEqual([
    {
      provider: 'mux',
      Accepted: 1,
      Rejected: 0,
      AcceptFailed: 0,
      SecretCurrent: 1,
      SecretPrevious: 0,
      AcceptMs: 42,
    },
  ]);
});

test('an event of our own is neither accepted nor failed as one of the provider: it is counted apart', async () => {
  const smoke = JSON.stringify({ id: 'smoke-1', type: syntheticType, data: {} });
  await aVerifier().deliver(signed(smoke));
  const failing = aVerifier({ enqueue: async () => Promise.reject(new Error('no queue')) });
  await failing.deliver(signed(smoke));

  expect(metrics()).toEqual([
    { provider: 'mux', SmokeAccepted: 1, SmokeRecorded: 0, SmokeFailed: 0 },
    { provider: 'mux', SmokeAccepted: 0, SmokeRecorded: 0, SmokeFailed: 1 },
  ]);
  expect(
    logged().filter(({ message }) => /^Delivery (accepted|failed)$/.test(String(message))),
  ).toHaveLength(2);
});

test('a forger who calls an event ours is rejected as any other', async () => {
  await aVerifier().deliver({
    ...signed('{}'),
    body: JSON.stringify({ id: 'smoke-1', type: syntheticType }),
  });

  expect(metrics()).toMatchObject([{ Rejected: 1 }, { Rejected: 1 }]);
});

test('a rejected delivery is counted apart from a failed one, by reason, and nothing of it is logged', async () => {
  const { deliver } = aVerifier();
  const signature = muxSignature(body, { secret: 'guess' });

  await deliver({ body, headers: { 'mux-signature': signature, 'x-private': 'do-not-log' } });

  expect(metrics()).toEqual([
    {
      provider: 'mux',
      Accepted: 0,
      Rejected: 1,
      AcceptFailed: 0,
      SecretCurrent: 0,
      SecretPrevious: 0,
    },
    { provider: 'mux', reason: 'signature-mismatch', Rejected: 1 },
  ]);
  expect(logged()).toMatchObject([
    { level: 'WARN', message: 'Delivery rejected', code: 'signature-mismatch' },
  ]);
  const written = JSON.stringify(stdout);
  for (const secret of [
    signature,
    signature.slice(-64),
    'do-not-log',
    muxSecret,
    eventId,
    'playback_ids',
  ]) {
    expect(written).not.toContain(secret);
  }
});

function asRecord({ body: text, attributes }: QueueMessage) {
  const messageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      { stringValue: value, dataType: 'String' },
    ]),
  );
  return { messageId: 'message-1', body: text, messageAttributes };
}

function ofLength(bytes: number): string {
  const frame = '{"id":"1","type":"t","pad":""}';
  return frame.replace('""}', `"${'x'.repeat(bytes - frame.length)}"}`);
}

function outgrowing(): string {
  return JSON.stringify({ id: '1', type: 't', title: incompressibleText(899 * 1024) });
}

function notUtf8(): Buffer {
  return Buffer.concat([
    Buffer.from('{"id":"1","type":"t","title":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('"}'),
  ]);
}
