import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { freePort } from '../../local/postgres/ports.ts';
import { startPostgres } from '../../local/postgres/postgres.ts';
import { openCdkCli } from './emulator/cdk-cli.ts';
import { deployOnEmulator } from './emulator/deploy-on-emulator.ts';
import { openAccount } from './emulator/emulated-account.ts';
import { pinnedEnvironment } from './emulator/loopback.ts';
import { type Emulator, startEmulator } from './emulator/ministack.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined || folder.startsWith('-')) {
  console.log(
    'Usage: node scripts/pipeline/emulated-deploy.ts <empty folder>\n' +
      'Deploys the stage dev on ministack, which must be installed (docs/pipeline.md): first\n' +
      'deploy, update, roll-back, failed deploy, destroy, with webhooks. The folder receives\n' +
      'assemblies and logs.',
  );
  process.exit(folder === '--help' ? 0 : 2);
}

const directory = resolve(folder);
if (existsSync(directory) && readdirSync(directory).length > 0) {
  console.error(`${directory} is not empty: name a folder that does not exist yet.`);
  process.exit(2);
}
mkdirSync(join(directory, 'home'), { recursive: true });
const pinned = {
  endpoint: `http://127.0.0.1:${await freePort()}`,
  account: '123456789012',
  region: 'ap-southeast-2',
  home: join(directory, 'home'),
};
const environment = pinnedEnvironment(pinned, process.env);
const { account, region } = pinned;
const port = Number(new URL(pinned.endpoint).port);
const dataDirectory = join(directory, 'postgres');
const postgres = await startPostgres({ dataDirectory, durable: false });
const logFile = join(directory, 'emulator.log');
let emulator: Emulator | undefined;
try {
  emulator = await startEmulator({ port, environment, account, region, logFile });
  const client = new pg.Client(postgres.url('postgres'));
  await client.connect();
  await client.query('create database portal');
  await client.end();
  await deployOnEmulator({
    directory,
    pinned,
    environment,
    account: openAccount(pinned),
    cdk: openCdkCli({ environment, logFile: join(directory, 'cdk.log') }),
    databaseUrl: postgres.url('portal'),
    report: console.log,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(lastLines(join(directory, 'cdk.log')));
  process.exitCode = 1;
} finally {
  await emulator?.stop();
  await postgres.stop();
}

/** Returns the end of a log, where the cause of a failure usually is. */
function lastLines(path: string): string {
  if (!existsSync(path)) return '';
  return readFileSync(path, 'utf8').split('\n').slice(-30).join('\n');
}
