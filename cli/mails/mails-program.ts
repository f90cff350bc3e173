import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import * as z from 'zod';
import { defineCommand, defineProgram } from '../command-line/command.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { mailSamples } from './mail-samples.ts';

const kinds = Object.keys(mailSamples);

const preview = defineCommand({
  name: '',
  summary: 'Write a page with every mail: with usual, missing, long and hostile texts',
  details: 'Sends nothing. Run it again after an edit of a template, and reload the page.',
  positionals: ['kind'],
  arguments: z.strictObject({
    kind: z
      .enum(kinds as [string, ...string[]])
      .optional()
      .describe('Only this kind of mail'),
    output: z.string().min(1).default('.local/mails').describe('Folder to write to'),
  }),
  async run({ kind, output }, { out }: Terminal) {
    const folder = resolve(output);
    mkdirSync(folder, { recursive: true });
    const page = join(folder, 'index.html');
    const { renderPreviewPage } = await loadRenderer(folder);
    writeFileSync(page, await renderPreviewPage(kind === undefined ? kinds : [kind]));
    out(`Open ${pathToFileURL(page)}`);
    return exitCodes.done;
  },
});

const requireInModule =
  "import { createRequire } from 'node:module';" +
  'const require = createRequire(import.meta.url);';

/** Bundles the templates first, because Node.js does not load TSX. */
async function loadRenderer(folder: string): Promise<typeof import('./render-previews.ts')> {
  const outfile = join(folder, 'render-previews.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'render-previews.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    // Bundled CommonJS packages call `require`.
    banner: { js: requireInModule },
    outfile,
  });
  return import(pathToFileURL(outfile).href);
}

export const makeProgram = (name: string, version: string) =>
  defineProgram({
    name,
    version,
    summary: preview.summary,
    commands: [preview],
    globals: z.strictObject({}),
    open: (_, terminal) => terminal,
  });
