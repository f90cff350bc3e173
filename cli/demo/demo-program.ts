import { styleText } from 'node:util';
import * as z from 'zod';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { defineCommand, defineProgram } from '../command-line/command.ts';
import { startTemporaryInstance } from '../temporary-instance.ts';
import { failureSteps } from './demo-failures.ts';
import { steps } from './demo-steps.ts';
import { suppression } from './demo-suppression.ts';
import { makeExpectations } from './expectations.ts';

const demo = defineCommand({
  name: '',
  summary:
    'Start the system with its own temporary database, send events about sample videos, and ' +
    'check the effects',
  details:
    'Exit code 0 means that every check passed. Removes all its data at the end.\n' +
    'Can run at the same time as npm start.',
  arguments: z.strictObject({}),
  run() {
    // Exits in the signal handler, so that 'exit' listeners stop Postgres and remove the files.
    process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
    const { path, remove } = makeTemporaryDirectory('demo');
    return runDemo(path).finally(remove);
  },
});

export const makeProgram = (name: string, version: string) =>
  defineProgram({
    name,
    version,
    summary: demo.summary,
    commands: [demo],
    globals: z.strictObject({}),
    open: (_, terminal) => terminal,
  });

/** Three receives take 4 s instead of 2.5 minutes. */
const TIME_SCALE = 0.02;

async function runDemo(stateDirectory: string): Promise<number> {
  console.log('Starting the system with a temporary database …');
  const local = await startTemporaryInstance(stateDirectory, { timeScale: TIME_SCALE });
  const expectations = makeExpectations((line) => console.log(line));
  try {
    for (const { heading, run } of [...steps, suppression, ...failureSteps]) {
      expectations.heading(heading);
      await run({ local, expectations });
    }
  } finally {
    await local.stop();
  }
  return printResult(expectations.failures);
}

function printResult(failures: readonly string[]): number {
  if (failures.length === 0) {
    console.log(styleText('green', '\nAll checks passed.'));
    return 0;
  }
  console.error(styleText('red', `\nFailed checks: ${failures.length}`));
  for (const failure of failures) console.error(`  ${failure}`);
  return 1;
}
