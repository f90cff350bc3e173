import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { listLocalFunctions, makeLocalLogs } from '../../../../../cli/ops/logs/local-logs.ts';
import { typedName } from '../../../../../cli/ops/logs/log-source.ts';
import { makeStageLogs, type StageLogEvent } from '../../../../../cli/ops/logs/stage-logs.ts';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../../../local/temporary-directory.ts';

test.each([
  ['MuxProcessor', 'mux-processor'],
  ['OperationsEventsWidget', 'operations-events-widget'],
  ['PortalAPIUploads', 'portal-api-uploads'],
])('the function %s is typed %s', (name, typed) => {
  expect(typedName(name)).toBe(typed);
});

describe('logs of this machine', () => {
  let directory: TemporaryDirectory;
  beforeEach(() => {
    directory = makeTemporaryDirectory('logs');
  });
  afterEach(() => directory.remove());

  const line = (timestamp: string, message: string) =>
    `${JSON.stringify({ level: 'INFO', timestamp, message })}\n`;

  test('are listed by the names of the functions', () => {
    for (const name of ['MuxProcessor.log', 'JobsPrune.log', 'notes.txt'])
      writeFileSync(join(directory.path, name), '');

    expect(listLocalFunctions(directory.path)).toEqual(['jobs-prune', 'mux-processor']);
    expect(listLocalFunctions(join(directory.path, 'missing'))).toEqual([]);
  });

  test('are read since a time and then on, without incomplete lines', async () => {
    const file = join(directory.path, 'MuxProcessor.log');
    writeFileSync(
      file,
      `${line('2026-03-08T10:00:00Z', 'old')}${line('2026-03-08T12:00:00Z', 'new')}crash\n`,
    );
    const logs = makeLocalLogs(directory.path);
    const texts = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text);

    const first = await logs.read('mux-processor', new Date('2026-03-08T11:00:00Z'));
    expect(texts(first)).toEqual([expect.stringContaining('new'), 'crash']);
    await expect(logs.readNew()).resolves.toEqual([]);

    appendFileSync(file, 'half of é');
    await expect(logs.readNew()).resolves.toEqual([]);
    appendFileSync(file, ' line\n');
    expect(texts(await logs.readNew())).toEqual(['half of é line']);

    writeFileSync(file, 'new file\n');
    expect(texts(await logs.readNew())).toEqual(['new file']);
  });

  test('include lines of metrics by their time', async () => {
    const file = join(directory.path, 'MuxProcessor.log');
    const metrics = (time: string) =>
      `${JSON.stringify({ _aws: { Timestamp: Date.parse(time) } })}\n`;
    writeFileSync(file, `${metrics('2026-03-08T10:00:00Z')}${metrics('2026-03-08T12:00:00Z')}`);
    const logs = makeLocalLogs(directory.path);

    const lines = await logs.read('mux-processor', new Date('2026-03-08T11:00:00Z'));
    expect(lines.map(({ at }) => at)).toEqual([new Date('2026-03-08T12:00:00Z')]);
  });

  test('that cannot be read are explained', async () => {
    mkdirSync(join(directory.path, 'MuxProcessor.log'));

    await expect(makeLocalLogs(directory.path).read('mux-processor', new Date(0))).rejects.toThrow(
      /MuxProcessor\.log cannot be read: EISDIR/,
    );
    writeFileSync(join(directory.path, 'file'), '');
    expect(() => listLocalFunctions(join(directory.path, 'file'))).toThrow(
      'cannot be read: ENOTDIR',
    );
  });
});

describe('logs of a stage', () => {
  const groups = new Map([
    ['MuxProcessorLog0E6B8564', 'stack-MuxProcessorLog-1'],
    ['ApiAccessLog12345678', 'stack-ApiAccessLog-2'],
    ['CustomResource', 'other'],
  ]);
  const event = (id: number): StageLogEvent => ({
    id: String(id),
    timestamp: id * 1_000,
    message: `line ${id}\n`,
  });

  test('belong to the functions that have a log group', async () => {
    const logs = makeStageLogs({ listLogGroups: async () => groups, filterEvents: async () => [] });

    await expect(logs.functions()).resolves.toEqual(['api-access', 'mux-processor']);
  });

  test('are read again with an overlap, and each event is returned once', async () => {
    const asked: [string, number][] = [];
    let events = [event(100), event(101)];
    const logs = makeStageLogs({
      listLogGroups: async () => groups,
      filterEvents: async (group, startTime) => {
        asked.push([group, startTime]);
        return events.filter(({ timestamp }) => timestamp >= startTime);
      },
    });

    const first = await logs.read('mux-processor', new Date(50_000));
    expect(first.map(({ text }) => text)).toEqual(['line 100', 'line 101']);
    // An event that became visible late, and a new one.
    events = [event(99), ...events, event(102)];
    const next = await logs.readNew();
    expect(next.map(({ text }) => text)).toEqual(['line 99', 'line 102']);
    await expect(logs.readNew()).resolves.toEqual([]);
    expect(asked[0]).toEqual(['stack-MuxProcessorLog-1', 50_000]);
    expect(asked[1]).toEqual(['stack-MuxProcessorLog-1', 71_000]);
  });
});
