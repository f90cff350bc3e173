import * as z from 'zod';
import { defineCommand, defineProgram } from '../command-line/command.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { makeRunCommand } from '../ops/operations-client.ts';
import { placeOf } from '../ops/ops-context.ts';
import { chooseTarget, findTarget } from '../ops/target.ts';
import { targetOptions } from '../ops/target-options.ts';
import { chooseFormat, outputOptions } from '../output/print-result.ts';
import { wholeNumber } from '../whole-number.ts';
import { runSmokeTests } from './smoke-test.ts';

const smokeTest = defineCommand({
  name: '',
  summary:
    "Post one signed synthetic event per provider to the deployment's webhook routes, as the " +
    'provider would, and wait until the ledger has it. The event changes nothing',
  details:
    'The command needs the policies of the stack outputs OperatePolicyArn and LookPolicyArn. It\n' +
    'reads no secret: the operations function signs the events. It exits with 1 if an event was\n' +
    'not recorded.',
  arguments: z.strictObject({
    ...targetOptions.options,
    timeout: wholeNumber('seconds', 1, 900).default(60).describe('Seconds to wait for the ledger'),
    json: outputOptions.json,
    table: z.boolean().default(false).describe('Print text, also into a pipe'),
  }),
  positionals: ['stage'],
  suggestions: targetOptions.suggestions,
  async run({ stage, apiUrl, timeout, json, table }, terminal: Terminal) {
    const { out, err, environment, isTty } = terminal;
    const isJson = chooseFormat({ json, table }, isTty) === 'json';
    const target = await findTarget(chooseTarget({ stage, apiUrl }, environment));
    const report = isJson ? err : out;
    let place = placeOf(target, { stage: undefined, account: undefined });
    const results = await runSmokeTests({
      runCommand: makeRunCommand(target, (deployment) => {
        place = placeOf(target, deployment);
      }),
      url: target.url,
      timeoutSeconds: timeout,
      report,
    });
    const healthy = results.every((result) => result.healthy);
    if (isJson)
      out(JSON.stringify({ healthy, url: target.url, target: place, providers: results }));
    else report(`Smoke test of ${place} (${target.url}) ${healthy ? 'passed' : 'failed'}.`);
    return healthy ? exitCodes.done : exitCodes.failed;
  },
});

/** Tests a deployment from outside, as a provider would reach it. */
export const makeProgram = (name: string, version: string) =>
  defineProgram<Terminal>({
    name,
    version,
    summary: smokeTest.summary,
    commands: [smokeTest],
    globals: z.strictObject({}),
    open: (_, terminal) => terminal,
  });
