import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readBody } from '../../../../cli/send/read-body.ts';
import { makeTemporaryDirectory } from '../../../../local/temporary-directory.ts';

const directory = makeTemporaryDirectory('body');
afterAll(() => directory.remove());

function file(name: string, content: string | Buffer): string {
  const path = join(directory.path, name);
  writeFileSync(path, content);
  return `@${path}`;
}

test('reads a body byte by byte, with its spaces, order and line ends', async () => {
  const body = '{ "type": "video.asset.ready",\r\n  "b":1, "a": "ä" }\n';

  expect(await readBody(file('event.json', body))).toBe(body);
  expect(await readBody('{"type":"x"}')).toBe('{"type":"x"}');
});

test.each([
  [
    'a missing file',
    () => `@${directory.path}/none.json`,
    /none\.json cannot be read: there is no/,
  ],
  ['a directory', () => `@${directory.path}`, /cannot be read: it is a directory/],
  ['no name', () => '@', /a file is missing after @/],
  ['broken JSON', () => file('broken.json', '{"a":'), /broken\.json is not the body .*JSON/],
  ['an array', () => file('array.json', '[1]'), /array\.json is not the body .*it is no object/],
  ['a number', () => '3', /the text is not the body .*it is no object.*'@'/],
  ['an empty file', () => file('empty.json', ' \n'), /empty\.json .*it is empty/],
  ['no UTF-8', () => file('latin.json', Buffer.from([0x22, 0xe4, 0x22])), /not UTF-8 text/],
])('rejects %s and names it', async (_, given, message) => {
  mkdirSync(directory.path, { recursive: true });

  await expect(readBody(given())).rejects.toThrow(message);
});
