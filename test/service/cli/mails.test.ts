import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeProgram } from '../../../cli/mails/mails-program.ts';
import { mailKinds } from '../../../lambdas/notifications/render-mail.ts';
import { makeTemporaryDirectory } from '../../../local/temporary-directory.ts';
import { runRecorded } from '../../support/command-line.ts';

const program = makeProgram('npm run mails --', '0.0.0');
const folder = makeTemporaryDirectory('mails');
afterAll(() => folder.remove());

const run = (...words: readonly string[]) =>
  runRecorded(program, [...words, '--output', folder.path]);

test('one word after the command previews one kind of mail, with every sample', async () => {
  const { code, out, err } = await run('asset.ready');
  const page = readFileSync(join(folder.path, 'index.html'), 'utf8');

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Open file:.*index\.html$/);
  expect(page.match(/<h2>[^<]*/g)).toEqual(
    ['usual', 'missing', 'long', 'hostile', 'right to left'].map(
      (sample) => `<h2>asset.ready · ${sample}`,
    ),
  );
});

test('an unknown kind is rejected, and the error lists the kinds', async () => {
  const { code, err } = await run('asset.redy');

  expect(code).toBe(2);
  expect(err).toContain("kind 'asset.redy' is invalid");
  for (const kind of mailKinds()) expect(err).toContain(kind);
});
