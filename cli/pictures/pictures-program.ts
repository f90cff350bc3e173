import * as z from 'zod';
import { makeReadFigures } from '../../console/figures/read-figures.ts';
import { startConsole } from '../../console/server/start-console.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import { makeLocalBackend } from '../../local/console/local-backend.ts';
import type { LocalInstance } from '../../local/local-instance.ts';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { defineCommand, defineProgram } from '../command-line/command.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { startTemporaryInstance } from '../temporary-instance.ts';
import { choosePictures } from './choose-pictures.ts';
import { readSampleMetrics } from './sample-metrics.ts';
import { causeTraffic } from './sample-traffic.ts';
import { takePictures } from './take-pictures.ts';

const pictures = defineCommand({
  name: '',
  summary: 'Write pictures of the console, with sample data on a temporary instance',
  details:
    'Needs Chromium: CHROMIUM_PATH, or /usr/bin/chromium. Without --all, writes the pictures of\n' +
    'the docs. With --all, writes every page at four widths, light and dark, for a review.',
  arguments: z.strictObject({
    all: z.boolean().default(false).describe('Every page, at every width, light and dark'),
    output: z
      .string()
      .min(1)
      .optional()
      .describe('Folder to write to (default: docs/pictures, or .local/pictures with --all)'),
  }),
  async run({ all, output }, { out, err, environment }: Terminal) {
    const { path, remove } = makeTemporaryDirectory('pictures');
    err('Starting the system with a temporary database …');
    const local = await startTemporaryInstance(path);
    try {
      const traffic = await causeTraffic(local);
      const running = await startConsole({ backend: backendOf(local), port: 0 });
      const { origin } = new URL(running.url);
      await takePictures(choosePictures(`${origin}/console`, traffic, all), {
        folder: output ?? (all ? '.local/pictures' : 'docs/pictures'),
        browser: environment['CHROMIUM_PATH'] || '/usr/bin/chromium',
        login: running.url,
        report: out,
      });
      await running.stop();
      return exitCodes.done;
    } finally {
      await local.stop();
      remove();
    }
  },
});

/** Shows the instance as it is, except that the charts show a usual hour. */
function backendOf(local: LocalInstance) {
  const backend = makeLocalBackend({
    url: 'http://127.0.0.1:3000',
    stage: 'dev',
    routes: local.routes,
    readMetrics: readSampleMetrics,
    mails: () => local.resend.mails(),
  });
  const readQueueNames = async () => Object.fromEntries(providers.map((name) => [name, name]));
  const readFigures = makeReadFigures({
    stage: 'dev',
    readMetrics: readSampleMetrics,
    readQueueNames,
  });
  return { ...backend, readFigures };
}

export const makeProgram = (name: string, version: string) =>
  defineProgram<Terminal>({
    name,
    version,
    summary: pictures.summary,
    commands: [pictures],
    globals: z.strictObject({}),
    open: (_, terminal) => terminal,
  });
