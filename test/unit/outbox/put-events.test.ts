import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  makePublishInChunks,
  type PublishableEvent,
  type PutEntries,
} from '../../../lambdas/outbox/put-events.ts';
import { makeEventBuses } from '../../../local/aws/eventbridge/eventbridge.ts';

const MIB = 1_048_576;
const event = (id: string, type: string, bytes = 10): PublishableEvent => ({
  id,
  type,
  detail: { reason: 'x'.repeat(bytes) },
});

/** Records the number of entries of each call to a bus with the limits of EventBridge. */
function aBus() {
  const bus = makeEventBuses({ busNames: ['portal'], rules: [], region: 'ap-southeast-2' });
  const calls: number[] = [];
  const put: PutEntries = async (entries) => {
    calls.push(entries.length);
    return (await bus.put(entries)).Entries;
  };
  return { bus, calls, put };
}

const awsError = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

test('large events share no call that would exceed the limit', async () => {
  const { calls, put } = aBus();
  const events = [
    event('a', 'asset.failed', 560_000),
    event('b', 'asset.ready'),
    event('c', 'asset.failed', 560_000),
    event('d', 'asset.ready'),
  ];

  await expect(makePublishInChunks('portal', MIB, put)(events)).resolves.toEqual({
    published: ['a', 'b', 'c', 'd'],
    failed: [],
  });
  expect(calls).toEqual([2, 2]);
});

test('a rejected call is repeated entry by entry', async () => {
  const { calls, put } = aBus();
  // A limit above EventBridge's own, as after a mistake in the settings.
  const publish = makePublishInChunks('portal', 10 * MIB, put);
  const events = [event('a', 'asset.ready'), event('b', 'asset.failed', MIB), event('c', 'x')];

  await expect(publish(events)).resolves.toEqual({
    published: ['a', 'c'],
    failed: [{ id: 'b', kind: 'rejected', error: 'ValidationException' }],
  });
  expect(calls).toEqual([3, 1, 1, 1]);
});

test.each([
  ['ThrottlingException', 400],
  ['AccessDeniedException', 400],
  ['ExpiredTokenException', 400],
  ['InternalException', 500],
  ['ServiceUnavailable', 503],
  ['TimeoutError', undefined],
])('%s says nothing about the entries, so the call is not repeated', async (name, status) => {
  let calls = 0;
  const publish = makePublishInChunks('portal', MIB, async () => {
    calls += 1;
    throw awsError(name, status);
  });

  await expect(publish([event('a', 'x'), event('b', 'x')])).resolves.toEqual({
    published: [],
    failed: [
      { id: 'a', kind: 'unavailable', error: name },
      { id: 'b', kind: 'unavailable', error: name },
    ],
  });
  expect(calls).toBe(1);
});

test.each([
  ['MalformedDetail', 'rejected'],
  ['InvalidArgument', 'rejected'],
  ['ThrottlingException', 'unavailable'],
  ['InternalFailure', 'unavailable'],
  ['NotAuthorizedForSourceException', 'unavailable'],
] as const)('the entry error %s is %s', async (ErrorCode, kind) => {
  const publish = makePublishInChunks('portal', MIB, async () => [{ ErrorCode }]);

  await expect(publish([event('a', 'x')])).resolves.toMatchObject({ failed: [{ kind }] });
});

test('every event is published or failed exactly once, and only invalid events fail', async () => {
  const kinds = fc.constantFrom('valid', 'no-type', 'too-large');
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { maxLength: 25 }), async (drawn) => {
      const events = drawn.map((kind, index) =>
        event(`${index} ${kind}`, kind === 'no-type' ? '' : 'x', kind === 'too-large' ? MIB : 100),
      );
      const { published, failed } = await makePublishInChunks('portal', MIB, aBus().put)(events);

      const isValid = ({ id }: { readonly id: string }) => id.endsWith(' valid');
      expect(published).toEqual(events.filter(isValid).map(({ id }) => id));
      expect(failed.map(({ id }) => id)).toEqual(
        events.filter((one) => !isValid(one)).map(({ id }) => id),
      );
    }),
    { numRuns: 20 },
  );
});
