import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { nodesOf, root } from './source.ts';

/** One breach of a style rule: `path:line: text`. */
export type Finding = string;

/** Words that begin a clause without a subject; a comment starts with a verb or a noun instead. */
const HANGING_WORDS = [
  'What',
  'Whatever',
  'Whoever',
  'Who',
  'Whether',
  'Where',
  'Of',
  'Which',
  'Those',
  'That',
  'Without',
  'With',
  'Under',
  'Nothing',
  'Nobody',
  'Somebody',
  'Only',
  'None',
  'Until',
  'As',
];
const HANGING = new RegExp(`^(${HANGING_WORDS.join('|')})\\b`);

interface Span {
  readonly start: number;
  readonly end: number;
}

interface SyntaxNode {
  readonly type: string;
  readonly span: Span;
  readonly [field: string]: unknown;
}

/** A parsed file with a way from a byte position to a line number. */
export interface StyledFile {
  readonly path: string;
  readonly text: string;
  readonly nodes: readonly SyntaxNode[];
  lineAt(position: number): number;
}

export function readStyledFile(path: string): StyledFile {
  return styledFile(path, readFileSync(join(root, path), 'utf8'));
}

export function styledFile(path: string, text: string): StyledFile {
  // SWC counts bytes from an origin of its own; the added semicolon reveals the origin.
  const options = { syntax: 'typescript', tsx: path.endsWith('x'), target: 'es2024' } as const;
  const parsed = parseSync(`;${text.replace(/^#!/, '//')}`, options);
  const origin = (parsed.body[0]?.span.start ?? 0) + 1;
  const bytes = Buffer.from(text);
  return {
    path,
    text,
    nodes: [...nodesOf(parsed)] as SyntaxNode[],
    lineAt: (position) =>
      bytes
        .subarray(0, position - origin)
        .toString()
        .split('\n').length,
  };
}

const at = ({ path, lineAt }: StyledFile, { span }: SyntaxNode, text: string): Finding =>
  `${path}:${lineAt(span.start)}: ${text}`;

/**
 * Finds comments whose first word hangs on the identifier below.
 * Consecutive `//` lines are one comment.
 */
export function hangingComments({ path, text }: StyledFile): readonly Finding[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const single = /^\s*\/\/ ?(.*)$/.exec(line);
    if (single) {
      const continues = /^\s*\/\//.test(lines[index - 1] ?? '');
      return !continues && HANGING.test(single[1] ?? '')
        ? [`${path}:${index + 1}: ${line.trim()}`]
        : [];
    }
    const trailing = /[;,{)]\s+\/\/ ?(.*)$/.exec(line)?.[1];
    const block = /^\s*\/\*\*?\s*(\S.*)$/.exec(line)?.[1];
    const opened = /^\s*\/\*\*?\s*$/.test(lines[index - 1] ?? '')
      ? /^\s*\* ?(.*)$/.exec(line)?.[1]
      : undefined;
    const first = trailing ?? block ?? opened;
    return first !== undefined && HANGING.test(first)
      ? [`${path}:${index + 1}: ${line.trim()}`]
      : [];
  });
}

/** Finds `...{ a, b }` and `...[x, y]`: the fields can stand where the spread is. */
export function literalSpreads(file: StyledFile): readonly Finding[] {
  const isLiteral = (value: unknown): boolean => {
    const { type, expression } = (value ?? {}) as { type?: string; expression?: unknown };
    if (type === 'ParenthesisExpression') return isLiteral(expression);
    return type === 'ObjectExpression' || type === 'ArrayExpression';
  };
  const properties = file.nodes
    .filter((node) => node.type === 'SpreadElement' && isLiteral(node['arguments']))
    .map((node) => ({ type: 'Spread', span: node['spread'] as Span }));
  // SWC represents spread arguments and array elements as `{ spread, expression }`, with no type.
  const elements = file.nodes.flatMap((node) =>
    Object.values(node)
      .filter((value) => Array.isArray(value))
      .flat()
      .filter((item) => item?.spread != null && isLiteral(item.expression))
      .map((item) => ({ type: 'Spread', span: item.spread as Span })),
  );
  return [...properties, ...elements].map((node) => at(file, node, 'spread of a literal'));
}

/** Finds `import { a as b }` in files where nothing else is called `a`. */
export function renamedImports(file: StyledFile): readonly Finding[] {
  const renamed = file.nodes.flatMap((node) => {
    if (node.type !== 'ImportSpecifier') return [];
    const { imported, local } = node as unknown as {
      imported: { value: string } | null;
      local: { value: string };
    };
    return imported && imported.value !== local.value ? [{ node, name: imported.value }] : [];
  });
  return renamed
    .filter(({ name, node }) => !isUsedElsewhere(file, name, node))
    .map(({ name, node }) => at(file, node, `import of ${name} is renamed without a clash`));
}

function isUsedElsewhere(file: StyledFile, name: string, specifier: SyntaxNode): boolean {
  return file.nodes.some(
    ({ type, span, value }) =>
      type === 'Identifier' &&
      value === name &&
      (span.start < specifier.span.start || span.end > specifier.span.end),
  );
}

const BRANCHES = new Set([
  'IfStatement',
  'ConditionalExpression',
  'SwitchStatement',
  'ForStatement',
  'ForOfStatement',
  'ForInStatement',
  'WhileStatement',
  'DoWhileStatement',
  'TryStatement',
]);
const BRANCHING_OPERATORS = new Set(['&&', '||', '??']);

/** Finds branches in an entry point, which may only wire. */
export function branches(file: StyledFile): readonly Finding[] {
  return file.nodes
    .filter(
      ({ type, operator }) =>
        BRANCHES.has(type) ||
        (type === 'BinaryExpression' && BRANCHING_OPERATORS.has(String(operator))),
    )
    .map((node) => at(file, node, `${node.type} in an entry point`));
}

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'MethodProperty',
  'Constructor',
]);

/** Finds functions of more than `limit` lines, nested functions included. */
export function longFunctions(file: StyledFile, limit: number): readonly Finding[] {
  return file.nodes
    .filter(({ type }) => FUNCTIONS.has(type))
    .map((node) => ({ node, lines: file.lineAt(node.span.end) - file.lineAt(node.span.start) + 1 }))
    .filter(({ lines }) => lines > limit)
    .map(({ node, lines }) => at(file, node, `function of ${lines} lines`));
}

export const lineCount = ({ text }: StyledFile): number => text.trimEnd().split('\n').length;

/** Matches a URL, and an import of one name: neither can be wrapped. */
const UNBREAKABLE = /https?:\/\/\S+|^import (?:type )?\{ \w+ \} from /;

/** Finds lines of more than `limit` characters that can be wrapped. */
export function longLines({ path, text }: StyledFile, limit: number): readonly Finding[] {
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.length > limit && !UNBREAKABLE.test(line))
    .map(({ line, number }) => `${path}:${number}: ${line.length} characters`);
}
