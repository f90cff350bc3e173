import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** Returns how esbuild bundles a function: one ES module with every package in it. */
export function bundling(
  sourceMap: boolean,
  commandHooks: BundlingOptions['commandHooks'],
): BundlingOptions {
  return {
    format: OutputFormat.ESM,
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    sourceMap,
    sourcesContent: false,
    // Bundles the tested version of the SDK instead of the version in the runtime.
    bundleAwsSDK: true,
    // CommonJS packages such as pg call require, which an ES module does not have. The import is
    // renamed because a bundled package may import createRequire under its own name.
    banner:
      "import{createRequire as makeRequire}from'node:module';" +
      'const require=makeRequire(import.meta.url);',
    logLevel: LogLevel.WARNING,
    define: { 'process.env.NODE_ENV': '"production"' },
    ...(commandHooks ? { commandHooks } : {}),
  };
}
