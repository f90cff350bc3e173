import { join } from 'node:path';
import { styleText } from 'node:util';
import { makeReporter } from '../local/reporter.ts';
import { assemblyCache } from '../local/running-instance.ts';
import { startLocal } from '../local/start.ts';
import { makeTemporaryDirectory } from '../local/temporary-directory.ts';
import { steps } from './demo-steps.ts';
import { suppression } from './demo-suppression.ts';
import { openAccount } from './expectations.ts';
import { readArguments, runCommand } from './run-command.ts';

const HELP = `npm run demo

Starts the stack with a database of its own, takes films through it, and checks what becomes of each.
Exit code 0 means that everything was as it should be. Nothing of it is kept, and npm start may run beside it.`;

async function main(): Promise<number> {
  const { values } = readArguments({ help: { type: 'boolean', default: false } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  // Its 'exit' listeners end Postgres and remove what is on the disk.
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  const { path, remove } = makeTemporaryDirectory('demo');
  return await play(path).finally(remove);
}

async function play(stateDirectory: string): Promise<number> {
  console.log('Starting a stack of its own …');
  const local = await startLocal({
    port: 0,
    stateDirectory,
    assemblies: assemblyCache,
    database: { dataDirectory: join(stateDirectory, 'postgres'), durable: false },
    // No real keys: the demo checks what the sandbox received.
    environment: {},
    reporter: makeReporter({ logDirectory: join(stateDirectory, 'logs'), quiet: true }),
    clockwork: false,
  });
  const account = openAccount((line) => console.log(line));
  try {
    for (const { heading, run } of [...steps, suppression]) {
      account.heading(heading);
      await run({ local, account });
    }
  } finally {
    await local.stop();
  }
  return conclude(account.failures);
}

function conclude(failures: readonly string[]): number {
  if (failures.length === 0) {
    console.log(styleText('green', '\nEverything was as it should be.'));
    return 0;
  }
  console.error(styleText('red', `\n${failures.length} of the expectations did not hold:`));
  for (const failure of failures) console.error(`  ${failure}`);
  return 1;
}

await runCommand(main);
