import { UserError } from '../../local/user-error.ts';
import { makeCall } from '../ops/operations-client.ts';
import type { Terminal } from '../ops/run.ts';
import { findTarget } from '../ops/target.ts';
import { readArguments, wholeNumber } from '../run-command.ts';
import { smokeAll } from './smoke-test.ts';

const HELP = `npm run smoke -- [stage] [options]

Posts one signed synthetic event for each provider to the stage's webhook routes, as a provider would, and waits until the
ledger has it. The event is recorded as synthetic and changes nothing. Without a stage, the instance that npm start runs.

  --api-url <url>    where the stage's API is (else from cdk-outputs.json, which cdk deploy writes)
  --timeout <s>      how long to wait for the ledger (60)
  --json             for machines
  --help             this text

It needs the policy of the stack's output OperatorsPolicyArn, and reads no secret: the operations function signs.
Exit codes: 0 every provider's event came through · 1 one did not · 2 bad input`;

const exitCodes = { healthy: 0, failed: 1, badInput: 2 } as const;

/** @returns the exit code. */
export async function runSmoke({ out, err }: Pick<Terminal, 'out' | 'err'>): Promise<number> {
  const read = readOrExplain();
  if (read instanceof UserError) {
    err(read.message);
    return exitCodes.badInput;
  }
  const { stage, apiUrl, timeoutSeconds, json, help } = read;
  if (help) {
    out(HELP);
    return exitCodes.healthy;
  }
  try {
    const target = await findTarget(stage, apiUrl);
    const say = json ? err : out;
    const results = await smokeAll({
      call: makeCall(target),
      url: target.url,
      timeoutSeconds,
      say,
    });
    const healthy = results.every((one) => one.healthy);
    if (json) out(JSON.stringify({ healthy, url: target.url, providers: results }));
    else say(healthy ? `All of ${target.url} is well.` : `${target.url} is not well.`);
    return healthy ? exitCodes.healthy : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    err(error.message);
    return exitCodes.failed;
  }
}

function readOrExplain() {
  try {
    const { values, positionals } = readArguments({
      'api-url': { type: 'string' },
      timeout: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    });
    const [stage, ...others] = positionals;
    if (others.length > 0)
      return new UserError(`One stage at a time: '${others.join(' ')}' is too much. See --help.`);
    const timeoutSeconds = wholeNumber('timeout', values.timeout, 1, 900);
    return {
      stage,
      apiUrl: values['api-url'],
      timeoutSeconds,
      json: values.json,
      help: values.help,
    };
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
