import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Provider, providers } from '../../../lambdas/catalog/providers.ts';
import { breakMigrations } from './break-migrations.ts';
import type { RunCdk } from './cdk-cli.ts';
import type { EmulatedAccount } from './emulated-account.ts';
import { STAGE, synthesizeForEmulator } from './emulated-assembly.ts';
import type { PinnedOptions } from './loopback.ts';
import { unsupported } from './ministack.ts';
import type { LeftOut } from './supported-template.ts';
import { makeSigningSecret, postWebhook, waitForLedger } from './webhook.ts';

const DATA_STACK = `motion-mavericks-${STAGE}-data`;
const WEBHOOKS_STACK = `motion-mavericks-${STAGE}-webhooks`;
const stacks = [DATA_STACK, WEBHOOKS_STACK];
const secretName = (path: string) => `motion-mavericks/${STAGE}/${path}`;

/** Batch size of the processors after the update: any other than that of cdk.json. */
const UPDATED_BATCH_SIZE = 7;

export interface EmulatedDeploy {
  /** Folder of assemblies and logs. */
  readonly directory: string;
  readonly pinned: PinnedOptions;
  readonly environment: Readonly<Record<string, string>>;
  readonly account: EmulatedAccount;
  readonly cdk: RunCdk;
  readonly databaseUrl: string;
  readonly report: (line: string) => void;
}

/**
 * Takes a stage through its life on an emulator: first deploy, update, deploy of the last assembly,
 * failed deploy, destroy; with webhooks of each provider after each deploy that succeeds.
 * @throws at the first step that does not end as expected
 */
export async function deployOnEmulator(deploy: EmulatedDeploy): Promise<void> {
  const { pinned, account, cdk, databaseUrl, report } = deploy;
  const first = synthesize(deploy, 'first');
  await account.createSecret(secretName('database'), databaseUrl);
  await expectExit(0, cdk('bootstrap', `aws://${pinned.account}/${pinned.region}`, '--app', first));
  await expectExit(0, cdk(...deployOf(first)));
  const keys = await storeSigningSecrets(account);
  report('Deployed for the first time; the deployed migrations have run.');
  await deliver(deploy, keys);

  const updated = synthesize(deploy, 'updated', UPDATED_BATCH_SIZE);
  await expectExit(0, cdk(...deployOf(updated)));
  await expectConsumers(account, providers.length);
  report(`Updated: the processors receive up to ${UPDATED_BATCH_SIZE} messages.`);
  await deliver(deploy, keys);

  await expectExit(0, cdk(...deployOf(first)));
  await expectConsumers(account, 0);
  report('Rolled back: the assembly before the update was deployed again.');
  await deliver(deploy, keys);

  await failToDeploy(deploy, updated);
  await destroy(deploy);
  report('Destroyed.');
}

/**
 * Destroys both stacks, the one that uses the other first. Calls CloudFormation, because `cdk
 * destroy` names a stack by its ARN, which the emulator ignores.
 */
async function destroy({ account }: EmulatedDeploy): Promise<void> {
  for (const name of stacks.toReversed()) {
    await account.deleteStack(name);
    const status = await waitUntilGone(account, name);
    if (status !== undefined) throw new Error(`${name} still exists: ${status}.`);
  }
}

const DELETE_LIMIT_MS = 60_000;

/** @returns the state of the stack if it still exists after a minute. */
async function waitUntilGone(account: EmulatedAccount, name: string): Promise<string | undefined> {
  const deadline = Date.now() + DELETE_LIMIT_MS;
  for (;;) {
    const stack = await account.readStack(name);
    if (stack === undefined || Date.now() > deadline) return stack?.status;
    await setTimeout(250);
  }
}

/** Deploys an assembly as scripts/pipeline/deploy-assembly.sh does. */
const deployOf = (assembly: string): readonly string[] =>
  ['deploy', '--all', '--app', assembly, '--require-approval', 'never'].concat(
    ['--method', 'direct'],
    ['--parameters', `${DATA_STACK}:AllowPlaceholders=yes`],
  );

async function expectExit(expected: number, ended: Promise<number>): Promise<void> {
  const code = await ended;
  if (code !== expected)
    throw new Error(
      `The CLI exited with ${code} instead of ${expected}. Its output is in cdk.log.`,
    );
}

function synthesize(deploy: EmulatedDeploy, name: string, batchSize?: number): string {
  const { directory, environment, report } = deploy;
  const assembly = join(directory, name);
  const leftOut = synthesizeForEmulator({
    directory: assembly,
    environment,
    unsupported,
    ...(batchSize !== undefined && { batchSize }),
  });
  report(`Synthesized ${name}. The emulator lacks ${leftOut.length} resources:`);
  for (const [because, count] of countReasons(leftOut)) report(`  ${count} ${because}`);
  return assembly;
}

function countReasons(leftOut: readonly LeftOut[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type, because } of leftOut) {
    const reason = `${type}: ${because}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return counts;
}

const statusOf = async (account: EmulatedAccount, name: string): Promise<string> =>
  (await account.readStack(name))?.status ?? 'no stack';

/** Checks how many consumers of queues have the batch size of the update. */
async function expectConsumers(account: EmulatedAccount, expected: number): Promise<void> {
  const sizes = await account.readBatchSizes();
  const updated = sizes.filter((size) => size === UPDATED_BATCH_SIZE).length;
  if (updated !== expected)
    throw new Error(
      `${updated} consumers instead of ${expected} are updated: ${sizes.join(', ')}.`,
    );
}

/** Deploys a failing migration. No webhook follows: the emulator's rollback deletes resources. */
async function failToDeploy(deploy: EmulatedDeploy, assembly: string): Promise<void> {
  const { directory, account, cdk, report } = deploy;
  const broken = join(directory, 'broken');
  breakMigrations(assembly, broken);
  await expectExit(1, cdk(...deployOf(broken)));
  const status = await statusOf(account, WEBHOOKS_STACK);
  if (status !== 'UPDATE_ROLLBACK_COMPLETE')
    throw new Error(`A deploy with a failed migration left ${status}.`);
  report(`A deploy with a failed migration left ${status}.`);
}

type SigningSecrets = ReadonlyMap<Provider, string>;

async function storeSigningSecrets(account: EmulatedAccount): Promise<SigningSecrets> {
  const secrets = new Map(providers.map((provider) => [provider, makeSigningSecret(provider)]));
  for (const [provider, value] of secrets)
    await account.putSecret(secretName(`${provider}/webhook-signing-secret`), value);
  return secrets;
}

/** Posts a genuine and a forged webhook of each provider, and waits for the genuine one. */
async function deliver(deploy: EmulatedDeploy, secrets: SigningSecrets): Promise<void> {
  const { pinned, account, databaseUrl, report } = deploy;
  const apiUrl = (await account.readStack(WEBHOOKS_STACK))?.outputs['ApiUrl'] ?? '';
  for (const [provider, signingSecret] of secrets) {
    const route = { provider, endpoint: pinned.endpoint, apiUrl };
    const forgedWith = makeSigningSecret(provider);
    const forged = await postWebhook({ ...route, signingSecret: forgedWith });
    if (forged.status !== 400) throw new Error(`A forged webhook was answered ${forged.status}.`);
    const genuine = await postWebhook({ ...route, signingSecret });
    const { status, eventType, eventId, body } = genuine;
    if (status !== 200) throw new Error(`A webhook was answered ${status} ${body}.`);
    const state = await waitForLedger(databaseUrl, genuine);
    report(`  ${provider} ${eventType} ${eventId}: 200, ${state}. Forged: 400.`);
  }
}
