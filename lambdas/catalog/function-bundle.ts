/**
 * Options with which esbuild bundles every function: one ES module with every package in it.
 * A deploy and the watch of local mode use them.
 */
export const functionBundle = {
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  sourcesContent: false,
  // CommonJS packages such as pg call require, which an ES module does not have. The import is
  // renamed because a bundled package may import createRequire under its own name.
  banner:
    "import{createRequire as makeRequire}from'node:module';" +
    'const require=makeRequire(import.meta.url);',
  define: { 'process.env.NODE_ENV': '"production"' },
} as const;

/** Reads the path under lambdas/ from the description that the CDK app gives to each function. */
export const handlerEntryIn = (description: string): string | undefined =>
  /\(lambdas\/(\S+)\)$/.exec(description)?.[1];
