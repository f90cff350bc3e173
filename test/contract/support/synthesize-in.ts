import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutBundles, withoutValidation } from '../../../local/cloudformation/synthesize.ts';
import { makeTemporaryDirectory } from '../../../local/temporary-directory.ts';
import type { LinkedTemplate } from '../../infrastructure/support/cross-stack.ts';

/**
 * Synthesizes the app of a checkout, without bundles and the validation of the templates, which
 * double the time. @returns its templates by stack.
 */
export function synthesizeIn(
  checkout: string,
  stage: string,
): Readonly<Record<string, LinkedTemplate>> {
  const { path, remove } = makeTemporaryDirectory('synthesis');
  const context = JSON.stringify({ stage, ...withoutBundles });
  try {
    execFileSync(process.execPath, ['bin/app.ts'], {
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        ...withoutValidation,
        CDK_OUTDIR: path,
        CDK_CONTEXT_JSON: context,
        NODE_OPTIONS: '',
      },
    });
    const templates = readdirSync(path).filter((file) => file.endsWith('.template.json'));
    return Object.fromEntries(
      templates.map((file) => [
        file.replace('.template.json', ''),
        JSON.parse(readFileSync(join(path, file), 'utf8')) as LinkedTemplate,
      ]),
    );
  } finally {
    remove();
  }
}
