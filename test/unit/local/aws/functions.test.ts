import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { type FunctionSettings, makeFunction } from '../../../../local/aws/lambda/functions.ts';
import { makeTemporaryDirectory } from '../../../../local/temporary-directory.ts';

const directory = makeTemporaryDirectory('functions');
const started: { kill(): Promise<number> }[] = [];

afterEach(async () => {
  for (const one of started.splice(0)) await one.kill();
});
afterAll(() => directory.remove());

/** Writes a bundle that answers with its name, after the event's pause. */
function settings(version: string, changes: Partial<FunctionSettings> = {}): FunctionSettings {
  const file = join(directory.path, `${version}.mjs`);
  writeFileSync(
    file,
    `export const handler = async ({ ms = 0 }) => {
       await new Promise((resolve) => setTimeout(resolve, ms));
       return '${version}';
     };`,
  );
  return {
    name: 'f',
    file,
    exportName: 'handler',
    timeoutSeconds: 20,
    memoryMb: 128,
    region: 'ap-southeast-2',
    environment: {},
    concurrency: 2,
    isolation: 'thread',
    onOutput: () => {},
    ...changes,
  };
}

function start(first: FunctionSettings) {
  const local = makeFunction(first);
  started.push(local);
  return local;
}

const resultOf = async (invocation: ReturnType<ReturnType<typeof start>['invoke']>) => {
  const result = await invocation;
  return result.ok ? result.result : result.error;
};

test('uses the new code for the next invocation', async () => {
  const local = start(settings('one'));
  expect(await resultOf(local.invoke({}))).toBe('one');

  local.replace(settings('two'));

  expect(await resultOf(local.invoke({}))).toBe('two');
});

test('finishes a running invocation with the old code, and then uses the new code', async () => {
  const local = start(settings('one', { concurrency: 1 }));
  await local.invoke({});
  const running = local.invoke({ ms: 300 });
  const waiting = local.invoke({});

  local.replace(settings('two', { concurrency: 1 }));

  expect(await Promise.all([resultOf(running), resultOf(waiting)])).toEqual(['one', 'two']);
  expect(local.busy()).toBe(0);
});

test('ends an invocation after the timeout, but not if a debugger may attach', async () => {
  const slow = { ms: 1_500 };
  const limited = start(settings('one', { timeoutSeconds: 1 }));
  const inspected = start(settings('two', { timeoutSeconds: 1, inspectPort: 0 }));

  const results = await Promise.all([
    resultOf(limited.invoke(slow)),
    resultOf(inspected.invoke(slow)),
  ]);

  expect(results).toEqual([expect.objectContaining({ errorType: 'Sandbox.Timedout' }), 'two']);
});
