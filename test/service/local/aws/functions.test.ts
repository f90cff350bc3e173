import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FunctionSettings, makeFunction } from '../../../../local/aws/lambda/functions.ts';
import { makeTemporaryDirectory } from '../../../../local/temporary-directory.ts';
import { eventually } from '../../../support/eventually.ts';

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

test.each(['thread', 'process'] as const)(
  'a %s has the variables of its function',
  async (isolation) => {
    const variables = settings('variables', { isolation, environment: { STAGE: 'dev' } });
    writeFileSync(variables.file, 'export const handler = () => ({ ...process.env });');

    const {
      NODE_CHANNEL_FD: _,
      NODE_CHANNEL_SERIALIZATION_MODE: __,
      ...seen
    } = (await resultOf(start(variables).invoke({}))) as Record<string, string>;

    expect(seen).toEqual({ STAGE: 'dev' });
  },
);

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

describe('an inspected function', () => {
  const lines: string[] = [];
  const starts = () => lines.filter((line) => /Debugger listening/.test(line)).length;
  const startsAre = async (count: number) =>
    expect(
      await eventually(
        async () => starts(),
        (seen) => seen >= count,
      ),
    ).toBe(count);
  const inspected = (version: string) =>
    settings(version, { concurrency: 1, inspectPort: 0, onOutput: (line) => lines.push(line) });
  beforeEach(() => void lines.splice(0));

  test('starts before its first event, and again with new code', async () => {
    const local = start(inspected('one'));
    await startsAre(1);

    local.replace(inspected('two'));

    await startsAre(2);
    expect(await resultOf(local.invoke({}))).toBe('two');
    expect(starts()).toBe(2);
  });

  test('starts again after the invocation during which its code changed', async () => {
    const local = start(inspected('one'));
    await startsAre(1);
    const running = local.invoke({ ms: 300 });
    local.replace(inspected('two'));

    expect(await resultOf(running)).toBe('one');
    await startsAre(2);
  });

  test('starts no more once it is killed', async () => {
    const local = start(inspected('one'));
    await startsAre(1);
    local.replace(inspected('two'));
    await local.kill();

    // Longer than a start, which takes 0.1 to 0.2 s.
    await setTimeout(500);
    expect(starts()).toBe(1);
  });
});
