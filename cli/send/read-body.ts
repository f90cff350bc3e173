import { readFile } from 'node:fs/promises';
import { parseJsonObject } from '../../lambdas/platform/json.ts';
import { BadInputError } from '../command-line/errors.ts';

/**
 * Reads a body given as `@file`, or as the JSON itself. The text is posted byte by byte, because
 * the signature covers its spaces too.
 * @throws a BadInputError that names the file and the fault.
 */
export async function readBody(given: string): Promise<string> {
  const file = given.startsWith('@') ? given.slice(1) : undefined;
  if (file === '')
    throw new BadInputError('--body: expected @file or JSON; a file is missing after @.');
  const text = file === undefined ? given : await readBodyFile(file);
  const name = file ?? 'the text';
  const fault = faultOf(text);
  if (fault !== undefined)
    throw new BadInputError(
      `--body: ${name} is not the body of an event: ${fault}. Expected a JSON object` +
        `${file === undefined ? ", or '@' and the name of a file" : ''}.`,
    );
  return text;
}

async function readBodyFile(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInputError(`--body: ${file} cannot be read: ${reasons[code ?? ''] ?? message}.`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
};

function faultOf(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty';
  try {
    JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${(error as Error).message.replaceAll(/\s+/g, ' ')}`;
  }
  return parseJsonObject(text) === undefined ? 'it is no object' : undefined;
}
