import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import {
  branches,
  type Finding,
  hangingComments,
  lineCount,
  literalSpreads,
  longFunctions,
  longLines,
  readStyledFile,
  renamedImports,
  type StyledFile,
  styledFile,
} from '../support/style-rules.ts';

const MAX_FUNCTION_LINES = 60;
const MAX_FILE_LINES = 250;
const MAX_HANDLER_LINES = 40;
const MAX_LINE_CHARACTERS = 100;

/** Tells files that others wrote or that `npm run docs` generates. */
const isForeign = (path: string): boolean =>
  path.startsWith('test/fixtures/') || path === 'contracts/events.d.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => /\.(ts|tsx|js|mjs|cjs)$/.test(path) && !isForeign(path))
  .map(readStyledFile);
const handlers = files.filter(({ path }) => path.endsWith('.handler.ts'));
const product = files.filter(({ path }) => !path.startsWith('test/'));

const findings = (some: readonly StyledFile[], rule: (file: StyledFile) => readonly Finding[]) => {
  expect(some.length).toBeGreaterThan(10);
  return some.flatMap(rule);
};

describe('code', () => {
  test('starts no comment with a hanging clause', () => {
    expect(findings(files, hangingComments)).toEqual([]);
  });

  test('spreads no literal', () => {
    expect(findings(files, literalSpreads)).toEqual([]);
  });

  test('renames no import without a clash', () => {
    expect(findings(files, renamedImports)).toEqual([]);
  });

  test('keeps branches out of entry points, which have at most 40 lines', () => {
    const long = handlers.filter((file) => lineCount(file) > MAX_HANDLER_LINES);

    expect(findings(handlers, branches)).toEqual([]);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('keeps functions to 60 lines, nested functions counted', () => {
    expect(findings(product, (file) => longFunctions(file, MAX_FUNCTION_LINES))).toEqual([]);
  });

  test('keeps files to 250 lines and lines to 100 characters', () => {
    const long = files.filter((file) => lineCount(file) > MAX_FILE_LINES);

    expect(long.map(({ path }) => path)).toEqual([]);
    expect(findings(files, (file) => longLines(file, MAX_LINE_CHARACTERS))).toEqual([]);
  });
});

describe('the rules', () => {
  const found = (rule: (file: StyledFile) => readonly Finding[], ...lines: readonly string[]) =>
    rule(styledFile('file.ts', lines.join('\n'))).map((finding) => finding.split(':')[1]);

  test('find a comment that hangs on the line below', () => {
    expect(found(hangingComments, '/** What came twice. */', 'const a = 1;')).toEqual(['1']);
    expect(found(hangingComments, '/**', ' * Of the first.', ' */', 'const a = 1;')).toEqual(['2']);
    expect(found(hangingComments, `const a = 1; ${'//'} Until the end.`)).toEqual(['1']);
    expect(found(hangingComments, '// Reads a.', '// Of which b is one.')).toEqual([]);
  });

  test('find spreads of literals, but not of conditions', () => {
    expect(found(literalSpreads, 'const a = 1;', 'const b = { ...{ a } };')).toEqual(['2']);
    expect(found(literalSpreads, 'const a = 1;', 'f(...[a, 2]);')).toEqual(['2']);
    expect(found(literalSpreads, 'const a = [...b, ...(c ? [d] : [])];')).toEqual([]);
  });

  test('find a renamed import unless the name is taken', () => {
    const line = "import { read as readFile } from './read.ts';";

    expect(found(renamedImports, line, 'readFile();')).toEqual(['1']);
    expect(found(renamedImports, line, 'const read = readFile();')).toEqual([]);
  });

  test('find every kind of branch', () => {
    const lines = ['if (a) b();', 'a ? b : c;', 'a && b;', 'a ?? b;', 'for (const x of y) b();'];

    expect(found(branches, ...lines)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('count nested functions as lines of the outer one', () => {
    const lines = ['const f = () => {', '  const g = () => {', '    a();', '  };', '};'];

    expect(found((file) => longFunctions(file, 4), ...lines)).toEqual(['1']);
  });
});
