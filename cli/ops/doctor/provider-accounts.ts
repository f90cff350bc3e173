import { checkMailRecords, checkSenderDomain, domainOf } from './checks/mail-checks.ts';
import { checkMuxSigningKey } from './checks/operation-checks.ts';
import { attempt, type Finding, skipped } from './finding.ts';
import { readDomains, readMailRecords } from './read/read-mail.ts';
import { readMuxSigningKey } from './read/read-mux.ts';
import { readSecret } from './read/read-secrets.ts';
import type { StagePlan } from './stage-plan.ts';

/** Checks what the stage needs in the accounts at Resend and Mux, and in the DNS. */
export async function checkProviderAccounts(
  plan: Pick<StagePlan, 'stage' | 'settings'>,
): Promise<readonly Finding[]> {
  const domain = domainOf(plan.settings.mailFrom);
  const findings = await Promise.all([
    withSecret(plan, 'sending domain', 'resend/webhooks-api-key', async (key) =>
      checkSenderDomain(domain, await readDomains(key)),
    ),
    attempt('DNS', async () => checkMailRecords(domain, await readMailRecords(domain))),
    withSecret(plan, 'Mux signing key', 'mux/playback-signing-key', async (secret) =>
      withSecret(plan, 'Mux signing key', 'mux/webhooks-api-token', async (token) => {
        const { keyId, exists } = await readMuxSigningKey(secret, token);
        return checkMuxSigningKey(keyId, exists);
      }),
    ),
  ]);
  return findings.flat();
}

/** Runs a check that needs the value of a secret of the stage. */
function withSecret(
  { stage, settings }: Pick<StagePlan, 'stage' | 'settings'>,
  check: string,
  path: string,
  evaluate: (text: string) => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  const name = `motion-mavericks/${stage}/${path}`;
  return attempt(check, async () => {
    const read = await readSecret(settings.region, name);
    return read.state === 'filled'
      ? evaluate(read.text)
      : skipped(check, `The secret ${name} has no value yet.`);
  });
}
