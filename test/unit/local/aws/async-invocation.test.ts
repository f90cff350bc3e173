import { describe, expect, test } from '@jest/globals';
import { makeAsyncInvoker } from '../../../../local/aws/lambda/async-invocation.ts';
import type { Invocation } from '../../../../local/aws/lambda/execution-environment.ts';

const failed: Invocation = {
  ok: false,
  requestId: 'r',
  error: { errorType: 'E', errorMessage: 'No.', trace: [] },
};
const succeeded: Invocation = { ok: true, requestId: 'r', result: null };

/** Invokes a function that returns `results` in order, and then failures. */
async function invoke(results: readonly Invocation[], { timeScale = 0, stopAfterMs = 100 } = {}) {
  let calls = 0;
  const requestIds = new Set<string | undefined>();
  const records: object[] = [];
  const invoker = makeAsyncInvoker({
    target: {
      name: 'f',
      invoke: async (_, requestId) => {
        requestIds.add(requestId);
        return results[calls++] ?? failed;
      },
      busy: () => 0,
      kill: async () => 0,
      freeze: () => () => {},
    },
    functionArn: 'arn:f',
    maximumRetryAttempts: 2,
    onFailure: async (record) => void records.push(record),
    timeScale,
  });
  invoker.invoke({ n: 1 });
  await new Promise((resolve) => setTimeout(resolve, stopAfterMs));
  await invoker.stop();
  return { calls, records, requestIds: [...requestIds] };
}

describe('an asynchronous invocation', () => {
  test('is not repeated after a success', async () => {
    expect(await invoke([succeeded])).toMatchObject({ calls: 1, records: [] });
  });

  test('is retried twice after a failure', async () => {
    expect(await invoke([failed, failed, succeeded])).toMatchObject({ calls: 3, records: [] });
  });

  test('sends event and error to the failure destination after the last attempt', async () => {
    const { calls, records } = await invoke([]);

    expect(calls).toBe(3);
    expect(records).toEqual([
      expect.objectContaining({
        requestPayload: { n: 1 },
        requestContext: expect.objectContaining({
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        }),
        responsePayload: failed.error,
      }),
    ]);
  });

  test('has the same request id for all attempts', async () => {
    const { requestIds, records } = await invoke([]);

    expect(requestIds).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(records).toMatchObject([{ requestContext: { requestId: requestIds[0] } }]);
  });

  test('does not delay a stop while it waits for a retry', async () => {
    expect(await invoke([failed], { timeScale: 1 })).toMatchObject({ calls: 1, records: [] });
  });
});
