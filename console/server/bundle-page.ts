import { createHash } from 'node:crypto';
import { join } from 'node:path';

export interface PageBundle {
  readonly script: string;
  readonly style: string;
  /** Changes with the content, so that browsers may cache both files for ever. */
  readonly version: string;
}

const page = join(import.meta.dirname, '..', 'page');

/**
 * Bundles the page in memory. Loads esbuild only here, so that the other commands of operators
 * start without it.
 */
export async function bundlePage(): Promise<PageBundle> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(page, 'main.tsx')],
    outdir: 'console',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  const textOf = (extension: string) =>
    outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '';
  const script = textOf('.js');
  const style = textOf('.css');
  const version = createHash('sha256').update(script).update(style).digest('hex').slice(0, 16);
  return { script, style, version };
}
