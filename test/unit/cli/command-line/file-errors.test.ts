import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineCommand, defineProgram } from '../../../../cli/command-line/command.ts';
import { explainFileError } from '../../../../cli/command-line/file-errors.ts';
import { stateDirectory } from '../../../../local/running-instance.ts';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../../local/temporary-directory.ts';
import { runRecorded } from '../../../support/command-line.ts';

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = makeTemporaryDirectory('files');
});
afterEach(() => directory.remove());

const programThat = (act: () => void) =>
  defineProgram({
    name: 'program',
    summary: 'A program',
    version: '0',
    globals: z.strictObject({}),
    open: () => ({}),
    commands: [
      defineCommand({
        name: '',
        summary: 'Act',
        arguments: z.strictObject({}),
        async run() {
          act();
          return 0;
        },
      }),
    ],
  });

describe('a file that cannot be used is explained in one sentence', () => {
  test('a file in the place of a directory', async () => {
    const file = join(directory.path, 'file');
    writeFileSync(file, '');
    const act = () => void mkdirSync(join(file, 'logs'), { recursive: true });

    await expect(runRecorded(programThat(act), [])).resolves.toEqual({
      code: 1,
      out: '',
      err: `${join(file, 'logs')} cannot be used: a part of the path is not a directory.`,
    });
  });

  test('a directory in the place of a file', async () => {
    const act = () => void readFileSync(directory.path);
    const { code, err } = await runRecorded(programThat(act), []);

    expect(code).toBe(1);
    expect(err).toContain('A file cannot be used: it is a directory.');
  });

  test('with the remedy if it belongs to the state of local mode', () => {
    const error = Object.assign(new Error('EACCES: permission denied'), {
      code: 'EACCES',
      path: join(stateDirectory, 'running.json'),
    });

    expect(explainFileError(error)).toBe(
      `${stateDirectory}/running.json cannot be used: permission denied. Make ${stateDirectory} ` +
        'readable and writable, or set LOCAL_STATE_DIRECTORY to another directory.',
    );
  });
});

test('every other error keeps its stack', async () => {
  await expect(
    runRecorded(
      programThat(() => {
        throw new TypeError('a fault of the program');
      }),
      [],
    ),
  ).rejects.toThrow(TypeError);
  expect(
    explainFileError(Object.assign(new Error(), { code: 'ENOENT', path: '/x' })),
  ).toBeUndefined();
});
