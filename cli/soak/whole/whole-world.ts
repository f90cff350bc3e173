import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Provider, webhookPath } from '../../../lambdas/catalog/providers.ts';
import { type Cleanups, makeCleanups } from '../../../local/cleanups.ts';
import { startPooler } from '../../../local/postgres/pooler.ts';
import { openPortalDatabase } from '../../../local/postgres/portal-database.ts';
import { freePort } from '../../../local/postgres/ports.ts';
import type { PostgresServer } from '../../../local/postgres/postgres.ts';
import { makeMuxSandbox } from '../../../local/sandbox/mux.ts';
import { makeMuxWebhookList } from '../../../local/sandbox/mux-webhooks.ts';
import { startResendSandbox } from '../../../local/sandbox/resend.ts';
import { makeResendSigning } from '../../../local/sandbox/resend-secrets.ts';
import { makeTemporaryDirectory } from '../../../local/temporary-directory.ts';
import { makeQuery, type SoakWorld, type WorldOptions } from '../world.ts';
import { startWholeInstance } from './whole-instance.ts';

/**
 * Starts Postgres, a pooler and the sandboxes of both providers in this process, and the whole
 * system in another, which a fault kills. So what a provider has accepted outlives a kill.
 */
export async function startWholeWorld({ timeScale }: WholeOptions): Promise<SoakWorld> {
  const cleanups = makeCleanups();
  try {
    return await start(timeScale, cleanups);
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

type WholeOptions = Pick<WorldOptions, 'timeScale'>;

async function start(timeScale: number, cleanups: Cleanups): Promise<SoakWorld> {
  const directory = makeTemporaryDirectory('soak-whole');
  cleanups.add(async () => directory.remove());
  const database = await openPortalDatabase({
    dataDirectory: join(directory.path, 'postgres'),
    durable: true,
    survivesInterrupt: true,
  });
  cleanups.add(() => database.stop());
  const pooler = await startPooler(database.url);
  cleanups.add(() => pooler.kill());
  const secretOf = (path: string) => () => readSecret(directory.path, path);
  const port = await freePort();
  const addressOf = (provider: Provider) => `http://127.0.0.1:${port}${webhookPath(provider)}`;
  const resend = await startResendSandbox({
    apiKey: secretOf('resend/api-key'),
    webhooksKey: secretOf('resend/webhooks-api-key'),
    webhookUrl: addressOf('resend'),
    signing: makeResendSigning(() => [secretOf('resend/webhook-signing-secret')()]),
    timeScale,
    sendsMailEvents: false,
  });
  cleanups.add(() => resend.stop());
  const instance = await startWholeInstance({
    port,
    stateDirectory: directory.path,
    timeScale,
    database: { url: pooler.url, directUrl: database.url },
    resendUrl: resend.url,
  });
  cleanups.add(() => instance.kill());
  const webhooks = makeMuxWebhookList(addressOf('mux'), secretOf('mux/webhook-signing-secret'));
  return {
    local: {
      mux: makeMuxSandbox({ webhooks }),
      resend,
      queues: { contents: instance.contents, setDown() {} },
      functions: { all: [] },
      buses: { setDown() {} },
      // The instance runs its jobs itself.
      scheduler: { runNow: () => true },
    },
    instance,
    postgres: database.server as PostgresServer,
    pooler,
    query: makeQuery(database.pool),
    stop: () => cleanups.run(),
  };
}

/** Reads a secret that the instance generated at its first start. */
const readSecret = (directory: string, path: string): string =>
  JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8'))[path] ?? '';
