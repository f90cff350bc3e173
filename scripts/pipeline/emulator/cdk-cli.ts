import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export interface CdkCliOptions {
  /** Whole environment of the CLI (loopback.ts). */
  readonly environment: Readonly<Record<string, string>>;
  /** File to which the CLI's output is appended. */
  readonly logFile: string;
}

/** Runs the CDK CLI. @returns its exit code. */
export type RunCdk = (...args: readonly string[]) => Promise<number>;

export function openCdkCli({ environment, logFile }: CdkCliOptions): RunCdk {
  return async (...args) => {
    const log = createWriteStream(logFile, { flags: 'a' });
    await once(log, 'open');
    log.write(`\n$ cdk ${args.join(' ')}\n`);
    const cli = spawn(process.execPath, ['node_modules/aws-cdk/bin/cdk', ...args, '--no-notices'], {
      stdio: ['ignore', log, log],
      env: environment,
    });
    const [code] = (await once(cli, 'close')) as [number | null];
    log.end();
    return code ?? 1;
  };
}
