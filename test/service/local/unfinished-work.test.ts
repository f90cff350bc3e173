import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Reporter } from '../../../local/reporter.ts';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../local/temporary-directory.ts';
import {
  describeKilledRun,
  recordUnfinishedWork,
  reportKilledRun,
  type WorkSources,
} from '../../../local/unfinished-work.ts';
import { eventually } from '../../support/eventually.ts';

const work = {
  at: '2026-03-01T09:00:00.000Z',
  durable: false,
  messages: [{ name: 'mux-deliveries', waiting: 3, inFlight: 2 }],
  running: ['MuxProcessor'],
};
let directory: TemporaryDirectory;

beforeEach(() => {
  directory = makeTemporaryDirectory('unfinished');
});
afterEach(() => directory.remove());

const sources = (waiting: number): WorkSources =>
  ({
    queues: {
      contents: async () => [
        { name: 'mux-deliveries', waiting, inFlight: 0 },
        { name: 'empty', waiting: 0, inFlight: 0 },
      ],
    },
    buses: { pendingDeliveries: () => 1 },
    functions: { all: [{ name: 'MuxProcessor', busy: () => 1 }] },
  }) as unknown as WorkSources;

function report(durable: boolean): readonly string[] {
  const lines: string[] = [];
  const reporter = { warn: (line: string) => void lines.push(line) } as unknown as Reporter;
  reportKilledRun({ stateDirectory: directory.path, durable }, reporter);
  return lines;
}

test.each([
  [false, false, 'Its queues were in memory, so these messages are lost:', /--durable keeps/],
  [false, true, 'Its queues were in memory, so these messages are lost:', /--durable keeps/],
  [true, true, 'Its messages are stored and continue now:', undefined],
  [true, false, 'Its messages are stored:', /^Start with --durable/],
])('describes a killed run: durable %s, now %s', (durable, now, consequence, advice) => {
  const [first, ...lines] = describeKilledRun({ ...work, durable }, now);

  expect(first).toBe(`The last run was killed at about ${work.at}. ${consequence}`);
  expect(lines.slice(0, 2)).toEqual([
    '  mux-deliveries: 3 waiting, 2 received but not finished',
    '  interrupted functions: MuxProcessor',
  ]);
  expect(lines.slice(2)).toEqual(advice === undefined ? [] : [expect.stringMatching(advice)]);
});

test('reports nothing if the killed run had no unfinished work', () => {
  expect(describeKilledRun({ ...work, messages: [], running: [] }, false)).toEqual([]);
});

test('the next start reports what was recorded, once', async () => {
  const killed = { stateDirectory: directory.path, durable: false };
  const end = recordUnfinishedWork(sources(4), killed);
  await eventually(
    async () => existsSync(join(directory.path, 'unfinished-work.json')),
    (exists) => exists,
  );

  const lines = report(false);
  expect(lines).toContain('  mux-deliveries: 4 waiting, 0 received but not finished');
  expect(lines).toContain('  event bus: 1 waiting, 0 received but not finished');
  expect(lines.join()).not.toContain('empty');
  expect(report(false)).toEqual([]);
  await end();
});

test('a stopped run leaves nothing to report', async () => {
  const end = recordUnfinishedWork(sources(4), { stateDirectory: directory.path, durable: true });
  await eventually(
    async () => existsSync(join(directory.path, 'unfinished-work.json')),
    (exists) => exists,
  );
  await end();

  expect(report(true)).toEqual([]);
});
