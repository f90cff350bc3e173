import { providers } from '../../../lambdas/catalog/providers.ts';
import {
  checkAccount,
  checkBootstrap,
  checkConcurrency,
  checkPlaceholders,
} from './checks/account-checks.ts';
import { checkDatabase } from './checks/database-checks.ts';
import { checkSecret, checkSecretBeforeDeploy } from './checks/secret-checks.ts';
import { checkExports, checkStackBeforeDeploy } from './checks/stack-checks.ts';
import { attempt, type Finding, skipped } from './finding.ts';
import { checkLeftBehind, namedResources } from './left-behind.ts';
import { checkProviderAccounts } from './provider-accounts.ts';
import { readAccount, readConcurrency } from './read/read-account.ts';
import { readDatabases } from './read/read-database.ts';
import { readLeftBehind, readSecret } from './read/read-secrets.ts';
import { readBootstrapVersion, readRemovedExports, readStack } from './read/read-stacks.ts';
import {
  databaseSecretName,
  dataStackName,
  operatorSecretNames,
  type StagePlan,
  webhooksStackName,
} from './stage-plan.ts';

/** Finds what would make a deploy of the stage fail, before CloudFormation does. */
export async function checkBeforeDeploy(plan: StagePlan): Promise<readonly Finding[]> {
  const { stage, settings } = plan;
  const { region } = settings;
  const rules = [plan.data, plan.webhooks].flatMap(({ Rules }) => Object.values(Rules));
  const assertions = rules.flatMap(({ Assertions }) =>
    Assertions.map(({ AssertDescription }) => AssertDescription),
  );
  const findings = await Promise.all([
    [checkPlaceholders(assertions)],
    attempt('account', async () => {
      const account = await readAccount(region);
      return [
        checkAccount(account, stage, settings),
        checkBootstrap(await readBootstrapVersion(region), account, region),
      ];
    }),
    attempt('concurrency', async () => {
      const { quota, unreserved } = await readConcurrency(region);
      return checkConcurrency(quota, unreserved, providers.length, settings);
    }),
    checkStacks(plan),
    checkDatabaseSecret(plan),
    ...operatorSecretNames(plan).map((name) =>
      attempt(`secret ${name}`, async () =>
        checkSecretBeforeDeploy(name, await readSecret(region, name)),
      ),
    ),
    checkProviderAccounts(plan),
  ]);
  return findings.flat();
}

function checkStacks({ stage, settings, data }: StagePlan): Promise<readonly Finding[]> {
  const { region } = settings;
  return attempt('stacks', async () => {
    const dataName = dataStackName(stage);
    const deployed = await readStack(region, dataName);
    const webhooks = await readStack(region, webhooksStackName(stage));
    const planned = Object.values(data.Outputs).flatMap(({ Export }) => Export?.Name ?? []);
    const removed = await readRemovedExports(region, deployed?.exports ?? [], planned);
    const leftBehind =
      deployed === undefined ? await readLeftBehind(region, namedResources(data)) : [];
    return [
      checkStackBeforeDeploy(dataName, deployed, stage),
      checkStackBeforeDeploy(webhooksStackName(stage), webhooks, stage),
      checkLeftBehind(leftBehind, stage),
      checkExports(removed, stage),
    ];
  });
}

/** Checks the secret that must exist before the first deploy, and the database behind it. */
async function checkDatabaseSecret(plan: StagePlan): Promise<readonly Finding[]> {
  const name = databaseSecretName(plan);
  if (name === undefined)
    return [skipped('database', 'Aurora: the deploy creates the database and its secret.')];
  const check = `secret ${name}`;
  return attempt(check, async () => {
    const read = await readSecret(plan.settings.region, name);
    const finding = checkSecret(name, read);
    if (read.state !== 'filled' || finding.status !== 'ok') return finding;
    const databases = await readDatabases(read.text);
    return [finding, ...databases.map(([url, database]) => checkDatabase(url, database))];
  });
}
