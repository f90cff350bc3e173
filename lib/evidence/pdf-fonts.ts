import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ICommandHooks } from 'aws-cdk-lib/aws-lambda-nodejs';

// The renderer may have a pdfkit of its own.
const renderer = createRequire(import.meta.resolve('@react-pdf/renderer'));
const fonts = join(dirname(renderer.resolve('pdfkit')), 'standard-fonts');

// pdfkit requires the metrics of a standard font by a package import, which Node resolves with the
// nearest package.json.
const packageJson = JSON.stringify({ imports: { '#standard-fonts/*': './standard-fonts/*.cjs' } });

/**
 * Copies the metrics of PDF's standard fonts beside the bundle: the renderer loads all of them at
 * runtime, so esbuild cannot bundle them.
 */
export const pdfFonts: ICommandHooks = {
  beforeBundling: () => [],
  beforeInstall: () => [],
  afterBundling: (_, bundle) => [
    `mkdir -p ${bundle}/standard-fonts/chunks`,
    `cp ${fonts}/*.cjs ${bundle}/standard-fonts/`,
    `cp ${fonts}/chunks/*.cjs ${bundle}/standard-fonts/chunks/`,
    `echo '${packageJson}' > ${bundle}/package.json`,
  ],
};
