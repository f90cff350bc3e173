import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { parseSync } from '@swc/core';
import { z } from 'zod';

export const root = join(import.meta.dirname, '..', '..');

const importing = z.object({
  type: z.enum(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration']),
  source: z.object({ value: z.string() }),
  typeOnly: z.boolean().optional(),
  specifiers: z.array(z.object({ isTypeOnly: z.boolean().optional() })).default([]),
});

const dynamicImport = z.object({
  type: z.literal('CallExpression'),
  callee: z.object({ type: z.literal('Import') }),
  arguments: z.tuple([z.object({ expression: z.object({ value: z.string() }) })]).rest(z.unknown()),
});

const functionTypes = [
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
] as const;

const functionNode = z.object({
  type: z.enum([...functionTypes, 'MethodProperty', 'Constructor']),
  span: z.object({ start: z.number(), end: z.number() }),
  identifier: z.object({ value: z.string() }).nullish(),
});

/** Functions that are named by their variable or property. */
const named = z.union([
  z
    .object({ type: z.literal('VariableDeclarator'), init: functionNode })
    .transform(({ init }) => init),
  z
    .object({ type: z.literal('KeyValueProperty'), value: functionNode })
    .transform(({ value }) => value),
]);

const stringNode = z.union([
  z.object({ type: z.literal('StringLiteral'), value: z.string() }).transform(({ value }) => value),
  z
    .object({
      type: z.literal('TemplateLiteral'),
      quasis: z.array(z.object({ cooked: z.string() })),
    })
    .transform(({ quasis }) => quasis.map(({ cooked }) => cooked).join('$')),
]);

// Filters nodes by their types first: a schema takes a hundred times as long to reject a node.
const importTypes: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'CallExpression',
]);
const namingTypes: ReadonlySet<string> = new Set(['VariableDeclarator', 'KeyValueProperty']);
const stringTypes: ReadonlySet<string> = new Set(['StringLiteral', 'TemplateLiteral']);
const functionTypeNames: ReadonlySet<string> = new Set([
  ...functionTypes,
  'MethodProperty',
  'Constructor',
]);

interface SyntaxNode {
  readonly type: string;
}

export interface Import {
  /** Path from the root of the repository, or name of a package. */
  readonly target: string;
  /** False for an import of types only, which does not exist at runtime. */
  readonly atRuntime: boolean;
}

export interface SourceFunction {
  readonly firstLine: number;
  readonly lastLine: number;
  /** False for a callback, which counts as part of its outer function. */
  readonly named: boolean;
}

/** Parsed source file. */
export interface Source {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly SourceFunction[];
  /** All strings; `$` replaces each interpolated value. */
  readonly strings: readonly string[];
}

/** @throws if a folder has no source, because a rule without sources would always pass. */
export function sourcesUnder(...folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) => {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.(ts|tsx|cjs|mjs)$/.test(file),
    );
    if (files.length === 0) throw new Error(`${folder}/ has no source.`);
    return files.map((file) => readSource(posix.join(folder, file)));
  });
}

export const foldersUnder = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => basename(name));

/** Parses a file when one of its parts is read first: most tests need few files. */
export function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const parsed = once(() => parse(path, text));
  const imports = once(() => parsed().nodes.flatMap((node) => importOf(path, node)));
  const strings = once(() => parsed().nodes.flatMap(stringOf));
  const functions = once(() => functionsOf(parsed()));
  return {
    path,
    text,
    lines: text.trimEnd().split('\n').length,
    get imports() {
      return imports();
    },
    get functions() {
      return functions();
    },
    get strings() {
      return strings();
    },
  };
}

function once<Value>(read: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => {
    known ??= { value: read() };
    return known.value;
  };
}

interface ParsedSource {
  readonly nodes: readonly SyntaxNode[];
  lineAt(position: number): number;
}

function parse(path: string, text: string): ParsedSource {
  // The parser counts bytes from its own origin; the added semicolon shows that origin.
  const parsed = parseSync(`;${text.replace(/^#!/, '//')}`, {
    syntax: 'typescript',
    tsx: path.endsWith('x'),
    target: 'es2024',
  });
  const origin = (parsed.body[0]?.span.start ?? 0) + 1;
  const bytes = Buffer.from(text);
  return {
    nodes: nodesOf(parsed),
    lineAt: (position) =>
      bytes
        .subarray(0, position - origin)
        .toString()
        .split('\n').length,
  };
}

function functionsOf({ nodes, lineAt }: ParsedSource): readonly SourceFunction[] {
  const namedStarts = new Set(
    nodes
      .filter(({ type }) => namingTypes.has(type))
      .flatMap((node) => named.safeParse(node).data?.span.start ?? []),
  );
  return nodes
    .filter(({ type }) => functionTypeNames.has(type))
    .flatMap((node) => functionOf(node, namedStarts, lineAt));
}

function stringOf(node: SyntaxNode): readonly string[] {
  const { data } = stringTypes.has(node.type) ? stringNode.safeParse(node) : {};
  return data === undefined ? [] : [data];
}

function functionOf(
  node: object,
  namedStarts: ReadonlySet<number>,
  lineAt: (position: number) => number,
): SourceFunction[] {
  const { data } = functionNode.safeParse(node);
  if (data === undefined) return [];
  const { type, span, identifier } = data;
  const hasName =
    type === 'ClassMethod' ||
    type === 'MethodProperty' ||
    identifier != null ||
    namedStarts.has(span.start);
  return [{ firstLine: lineAt(span.start), lastLine: lineAt(span.end), named: hasName }];
}

/** Counts the lines of a function without the named functions in it. */
export function ownLines(one: SourceFunction, { functions }: Source): number {
  const inner = functions.filter(
    (other) =>
      other.named &&
      other !== one &&
      other.firstLine > one.firstLine &&
      other.lastLine < one.lastLine,
  );
  const innerLines = new Set(
    inner.flatMap(({ firstLine, lastLine }) => range(firstLine, lastLine)),
  );
  return range(one.firstLine, one.lastLine).filter((line) => !innerLines.has(line)).length;
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

function importOf(path: string, node: SyntaxNode): Import[] {
  if (!importTypes.has(node.type)) return [];
  const declared = importing.safeParse(node).data;
  if (declared) {
    const { source, typeOnly = false, specifiers } = declared;
    const onlyTypes =
      typeOnly || (specifiers.length > 0 && specifiers.every(({ isTypeOnly }) => isTypeOnly));
    return [{ target: resolved(path, source.value), atRuntime: !onlyTypes }];
  }
  const dynamic = dynamicImport.safeParse(node).data;
  return dynamic
    ? [{ target: resolved(path, dynamic.arguments[0].expression.value), atRuntime: true }]
    : [];
}

function resolved(path: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(dirname(path), specifier) : specifier;
}

/** Lists every node of a syntax tree, each before its children. */
export function nodesOf(value: unknown, nodes: SyntaxNode[] = []): readonly SyntaxNode[] {
  if (typeof value !== 'object' || value === null) return nodes;
  if ('type' in value) nodes.push(value as SyntaxNode);
  for (const child of Object.values(value)) nodesOf(child, nodes);
  return nodes;
}
