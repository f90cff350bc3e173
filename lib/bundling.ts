import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { functionBundle } from '../lambdas/catalog/function-bundle.ts';

/** Returns how esbuild bundles a function: one ES module with every package in it. */
export function bundling(
  sourceMap: boolean,
  commandHooks: BundlingOptions['commandHooks'],
): BundlingOptions {
  const { target, mainFields, minify, sourcesContent, banner, define } = functionBundle;
  return {
    format: OutputFormat.ESM,
    target,
    mainFields: [...mainFields],
    minify,
    sourceMap,
    sourcesContent,
    // Bundles the tested version of the SDK instead of the version in the runtime.
    bundleAwsSDK: true,
    banner,
    logLevel: LogLevel.WARNING,
    define,
    ...(commandHooks ? { commandHooks } : {}),
  };
}
