import * as z from 'zod';
import { defineCommand } from '../../command-line/command.ts';
import { BadInputError } from '../../command-line/errors.ts';
import { exitCodes } from '../../command-line/exit-codes.ts';
import { printResult } from '../../output/print-result.ts';
import { readCredentials } from '../credentials.ts';
import type { Finding } from '../doctor/finding.ts';
import { formatFindings } from '../doctor/format-findings.ts';
import type { OpsContext } from '../ops-context.ts';
import { LOCAL_STAGE, regionOfStage } from '../target.ts';

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Check a stage before or after its deploy, or the instance on this machine',
  details:
    'Each problem comes with a line that repairs it. Without a stage, the command checks the\n' +
    'instance of npm start. With a stage, it uses your own AWS credentials, which must be\n' +
    'allowed to read the stacks and the secrets. It changes nothing, and exits with 1 if it\n' +
    'found a problem.',
  arguments: z.strictObject({
    beforeDeploy: z
      .boolean()
      .default(false)
      .describe('Find what would make a deploy fail, before CloudFormation does'),
  }),
  async run({ beforeDeploy }, context: OpsContext) {
    const findings = await findProblems(beforeDeploy, context);
    const healthy = findings.every(({ status }) => status !== 'problem');
    if (context.format === 'table') context.terminal.out(formatFindings(findings));
    else printResult({ healthy, checks: findings }, context.format, context.terminal);
    return healthy ? exitCodes.done : exitCodes.failed;
  },
});

/** Loads the checks only here: they need clients and packages that other commands do not. */
async function findProblems(
  beforeDeploy: boolean,
  { targetOptions, terminal, runCommand }: OpsContext,
): Promise<readonly Finding[]> {
  const { stage = LOCAL_STAGE, apiUrl } = targetOptions;
  if (stage === LOCAL_STAGE && (beforeDeploy || apiUrl !== undefined))
    throw new BadInputError('doctor checks a stage of cdk.json: give --stage.');
  if (stage === LOCAL_STAGE) {
    const { checkThisMachine } = await import('../doctor/this-machine.ts');
    return checkThisMachine(runCommand);
  }
  regionOfStage(stage);
  // Reports missing credentials once, not for each check.
  await readCredentials()();
  terminal.err(`Synthesizing ${stage} and reading its account …`);
  const { planStage } = await import('../doctor/stage-plan.ts');
  const plan = await planStage(stage);
  if (beforeDeploy) {
    const { checkBeforeDeploy } = await import('../doctor/before-deploy.ts');
    return checkBeforeDeploy(plan);
  }
  const { checkAfterDeploy } = await import('../doctor/after-deploy.ts');
  return checkAfterDeploy(plan, runCommand);
}
