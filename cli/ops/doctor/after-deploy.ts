import { jobs } from '../../../lambdas/catalog/jobs.ts';
import { providers } from '../../../lambdas/catalog/providers.ts';
import type { RunCommand } from '../operations-client.ts';
import { checkAccount, checkConcurrency } from './checks/account-checks.ts';
import { checkEndpoints } from './checks/endpoint-checks.ts';
import { checkSchedules, checkSubscriptions } from './checks/operation-checks.ts';
import { checkSecret } from './checks/secret-checks.ts';
import { checkDeployedStack } from './checks/stack-checks.ts';
import { attempt, type Finding, ok, skipped } from './finding.ts';
import { checkProviderAccounts } from './provider-accounts.ts';
import { readAccount, readConcurrency } from './read/read-account.ts';
import { readSchedules, readSubscriptions } from './read/read-operation.ts';
import { readSecret } from './read/read-secrets.ts';
import { readPhysicalIds, readStack } from './read/read-stacks.ts';
import {
  databaseSecretName,
  dataStackName,
  operatorSecretNames,
  type StagePlan,
  webhooksStackName,
} from './stage-plan.ts';

/** Checks that a deployed stage has everything that it needs to work. */
export async function checkAfterDeploy(
  plan: StagePlan,
  runCommand: RunCommand,
): Promise<readonly Finding[]> {
  const { stage, settings } = plan;
  const { region } = settings;
  const database = databaseSecretName(plan);
  const findings = await Promise.all([
    attempt('account', async () => checkAccount(await readAccount(region), stage, settings)),
    attempt('concurrency', async () => {
      const { quota, unreserved } = await readConcurrency(region);
      return checkConcurrency(quota, unreserved, providers.length, settings);
    }),
    ...[dataStackName(stage), webhooksStackName(stage)].map((name) =>
      attempt(`stack ${name}`, async () =>
        checkDeployedStack(
          name,
          await readStack(region, name),
          stage,
          settings.terminationProtection,
        ),
      ),
    ),
    ...(database === undefined ? [] : [database]).map((name) =>
      attempt(`secret ${name}`, async () => checkSecret(name, await readSecret(region, name))),
    ),
    ...operatorSecretNames(plan).map((name) =>
      attempt(`secret ${name}`, async () =>
        checkSecret(
          name,
          await readSecret(region, name),
          `npx cdk deploy --all --context stage=${stage}`,
        ),
      ),
    ),
    attempt('database', async () => {
      await runCommand({ command: 'jobs list', arguments: {} });
      return ok('database', 'The functions of the stage reach Postgres.');
    }),
    checkProviderAccounts(plan),
    attempt('webhooks at the providers', async () =>
      checkEndpoints(await runCommand({ command: 'endpoints show', arguments: {} })),
    ),
    checkOperation(plan),
  ]);
  return findings.flat();
}

/** Checks the subscribers of the on-call topic and the schedules of the jobs. */
async function checkOperation({ stage, settings }: StagePlan): Promise<readonly Finding[]> {
  const { region } = settings;
  const stack = webhooksStackName(stage);
  const findings = await Promise.all([
    attempt('on-call', async () => {
      const [topic] = await readPhysicalIds(region, stack, 'AWS::SNS::Topic');
      return topic === undefined
        ? skipped('on-call', 'The stage has no on-call topic.')
        : checkSubscriptions(await readSubscriptions(region, topic));
    }),
    attempt('schedules', async () => {
      const groups = await readPhysicalIds(region, stack, 'AWS::Scheduler::ScheduleGroup');
      const schedules = await Promise.all(groups.map((group) => readSchedules(region, group)));
      return checkSchedules(schedules.flat(), jobs.length, stage);
    }),
  ]);
  return findings.flat();
}
