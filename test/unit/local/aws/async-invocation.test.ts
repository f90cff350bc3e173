import { describe, expect, test } from '@jest/globals';
import { makeAsyncInvoker } from '../../../../local/aws/lambda/async-invocation.ts';
import type { Invocation } from '../../../../local/aws/lambda/function-environment.ts';

const failed: Invocation = {
  ok: false,
  requestId: 'r',
  fault: { errorType: 'E', errorMessage: 'No.', trace: [] },
};
const succeeded: Invocation = { ok: true, requestId: 'r', result: null };

/** An invoker of a function that answers so, and what came of one event. */
async function invoke(answers: readonly Invocation[], { timeScale = 0, stopAfterMs = 100 } = {}) {
  let calls = 0;
  const requestIds = new Set<string | undefined>();
  const records: object[] = [];
  const invoker = makeAsyncInvoker({
    target: {
      name: 'f',
      invoke: async (_, requestId) => {
        requestIds.add(requestId);
        return answers[calls++] ?? failed;
      },
      busy: () => 0,
      kill: async () => 0,
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
  test('that succeeds is done', async () => {
    expect(await invoke([succeeded])).toMatchObject({ calls: 1, records: [] });
  });

  test('that fails is tried twice more', async () => {
    expect(await invoke([failed, failed, succeeded])).toMatchObject({ calls: 3, records: [] });
  });

  test('that fails for good goes to the failure destination, with the event and the fault', async () => {
    const { calls, records } = await invoke([]);

    expect(calls).toBe(3);
    expect(records).toEqual([
      expect.objectContaining({
        requestPayload: { n: 1 },
        requestContext: expect.objectContaining({
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        }),
        responsePayload: failed.fault,
      }),
    ]);
  });

  test('keeps its request id through its retries, which tells them from another invocation', async () => {
    const { requestIds, records } = await invoke([]);

    expect(requestIds).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(records).toMatchObject([{ requestContext: { requestId: requestIds[0] } }]);
  });

  test('that waits for its next attempt does not hold up a stop', async () => {
    expect(await invoke([failed], { timeScale: 1 })).toMatchObject({ calls: 1, records: [] });
  });
});
