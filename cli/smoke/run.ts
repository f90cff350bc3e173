import { UserError } from '../../local/user-error.ts';
import { makeRunCommand } from '../ops/operations-client.ts';
import type { Terminal } from '../ops/run.ts';
import { findTarget } from '../ops/target.ts';
import { readArguments, wholeNumber } from '../run-command.ts';
import { runSmokeTests } from './smoke-test.ts';

const HELP = `npm run smoke -- [stage] [options]

Posts one signed synthetic event per provider to the stage's webhook routes, as the provider
would, and waits until the ledger has it. The event is recorded as synthetic and changes nothing.
Without a stage, the command tests the instance that npm start runs.

  --api-url <url>    URL of the stage's API; default: ApiUrl in cdk-outputs.json,
                     which cdk deploy writes
  --timeout <s>      seconds to wait for the ledger (60)
  --json             print JSON
  --help             print this text

The command needs the policies of the stack outputs OperatePolicyArn and LookPolicyArn. It reads
no secret: the operations function signs the events.
Exit codes: 0 every event was recorded · 1 an event was not recorded · 2 invalid input`;

const exitCodes = { healthy: 0, failed: 1, badInput: 2 } as const;

type Output = Pick<Terminal, 'out' | 'err'>;

interface SmokeOptions {
  readonly stage: string | undefined;
  readonly apiUrl: string | undefined;
  readonly timeoutSeconds: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** @returns the exit code. */
export async function runSmoke(output: Output): Promise<number> {
  let options: SmokeOptions | undefined;
  try {
    options = readOptions();
    if (options.help) {
      output.out(HELP);
      return exitCodes.healthy;
    }
    return await runTests(options, output);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    output.err(error.message);
    return options === undefined ? exitCodes.badInput : exitCodes.failed;
  }
}

async function runTests(
  { stage, apiUrl, timeoutSeconds, json }: SmokeOptions,
  { out, err }: Output,
): Promise<number> {
  const target = await findTarget(stage, apiUrl);
  const report = json ? err : out;
  const results = await runSmokeTests({
    runCommand: makeRunCommand(target),
    url: target.url,
    timeoutSeconds,
    report,
  });
  const healthy = results.every((result) => result.healthy);
  if (json) out(JSON.stringify({ healthy, url: target.url, providers: results }));
  else
    report(healthy ? `Smoke test of ${target.url} passed.` : `Smoke test of ${target.url} failed.`);
  return healthy ? exitCodes.healthy : exitCodes.failed;
}

/** @throws a UserError for an unknown option or an invalid value. */
function readOptions(): SmokeOptions {
  const { values, positionals } = readArguments({
    'api-url': { type: 'string' },
    timeout: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  const [stage, ...others] = positionals;
  if (others.length > 0)
    throw new UserError(
      `Unexpected argument '${others.join(' ')}': give one stage at a time. See --help.`,
    );
  return {
    stage,
    apiUrl: values['api-url'],
    timeoutSeconds: wholeNumber('timeout', values.timeout, 1, 900),
    json: values.json,
    help: values.help,
  };
}
