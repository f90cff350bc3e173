import { setTimeout as sleep } from 'node:timers/promises';
import { type Provider, providers } from '../../lambdas/catalog/providers.ts';
import { UserError } from '../../local/user-error.ts';
import { type Answer, type Call, NotFoundError } from '../ops/operations-client.ts';

export interface Step {
  readonly step: 'signed' | 'accepted' | 'recorded';
  readonly ms: number;
  readonly note: string;
}

/** How far one synthetic event came. */
export interface Smoke {
  readonly provider: Provider;
  readonly event?: string;
  readonly healthy: boolean;
  readonly steps: readonly Step[];
  readonly problem?: string;
}

export interface SmokeDeps {
  /** Of the operations function. */
  readonly call: Call;
  /** Of the API. */
  readonly url: string;
  readonly timeoutSeconds: number;
  /** Progress, for people. */
  readonly say: (line: string) => void;
}

/**
 * Posts one synthetic event for each provider and waits until the ledger has it. The operations function signs it, where
 * the secret may be read; this machine posts it, as a provider does: from outside, through DNS, TLS and API Gateway.
 */
export async function smokeAll(deps: SmokeDeps): Promise<readonly Smoke[]> {
  const results: Smoke[] = [];
  for (const provider of providers) results.push(await smoke(provider, deps));
  return results;
}

async function smoke(provider: Provider, deps: SmokeDeps): Promise<Smoke> {
  const steps: Step[] = [];
  let event: string | undefined;
  const take = async (step: Step['step'], work: () => Promise<string>) => {
    const startedAt = performance.now();
    const note = await work();
    const ms = Math.round(performance.now() - startedAt);
    steps.push({ step, ms, note });
    deps.say(`  ${step.padEnd(8)}  ${note} (${ms} ms)`);
  };
  deps.say(provider);
  try {
    let signed: Answer = {};
    await take('signed', async () => {
      signed = await sign(provider, deps);
      event = String(signed['event']);
      return event;
    });
    await take('accepted', () => post(signed, deps));
    await take('recorded', () => waitForLedger(provider, String(event), deps));
    return { provider, event: String(event), healthy: true, steps };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    deps.say(`  FAILED    ${error.message}`);
    return {
      provider,
      ...(event === undefined ? {} : { event }),
      healthy: false,
      steps,
      problem: error.message,
    };
  }
}

async function sign(provider: Provider, { call }: SmokeDeps): Promise<Answer> {
  try {
    return await call({ command: 'smoke sign', arguments: { provider } });
  } catch (error) {
    throw error instanceof UserError
      ? new UserError(`The operations function did not sign: ${error.message}`)
      : error;
  }
}

const POST_MS = 15_000;

async function post(signed: Answer, { url }: SmokeDeps): Promise<string> {
  const headers = { 'content-type': 'application/json', 'user-agent': 'motion-mavericks-smoke' };
  const request = {
    method: 'POST',
    headers: { ...headers, ...(signed['headers'] as Record<string, string>) },
    body: String(signed['body']),
    signal: AbortSignal.timeout(POST_MS),
  };
  const response = await fetch(`${url}${signed['path']}`, request).catch((error: Error) => {
    throw new UserError(`The webhook's route cannot be reached: ${error.message}.`);
  });
  const answer = (await response.text()).slice(0, 200);
  if (response.status === 200) return `200 ${answer}`;
  throw new UserError(
    `The webhook's route answered ${response.status} ${answer}. ${meaningOf(response.status)}`,
  );
}

function meaningOf(status: number): string {
  if (status === 400)
    return 'The verifier has another signing secret than Secrets Manager: it was changed twice within five minutes, or just now. Try again in five minutes.';
  if (status === 404) return 'There is no such route: is this the API of the stage?';
  if (status === 429)
    return 'The API takes no more requests at this moment; docs/runbook.md#api-throttling.';
  return "Look at the verifier's log; docs/runbook.md#verifier-failing.";
}

const POLL_MS = 500;

async function waitForLedger(
  provider: Provider,
  event: string,
  { call, timeoutSeconds }: SmokeDeps,
): Promise<string> {
  const deadline = Date.now() + timeoutSeconds * 1_000;
  let seen = 'The ledger does not know it.';
  while (Date.now() < deadline) {
    const story = await look(call, provider, event);
    if (story.status === 'synthetic') return `${story.status}, attempt ${story.attempts}`;
    seen = story.seen;
    await sleep(Math.min(POLL_MS, Math.max(0, deadline - Date.now())));
  }
  const where = await placeOf(call, provider, event);
  throw new UserError(
    `It was accepted and is not in the ledger after ${timeoutSeconds} s. ${seen} ${where}`,
  );
}

interface Look {
  readonly status?: string;
  readonly attempts?: number;
  readonly seen: string;
}

async function look(call: Call, provider: Provider, event: string): Promise<Look> {
  try {
    const story = await call({ command: 'events show', arguments: { provider, event } });
    const { status, attempts, errorCode, errorMessage } = story;
    const seen = `The ledger says ${status} after ${attempts} attempts: ${errorCode} ${errorMessage}.`;
    return { status: String(status), attempts: Number(attempts), seen };
  } catch (error) {
    if (error instanceof NotFoundError) return { seen: 'The ledger does not know it.' };
    if (!(error instanceof UserError)) throw error;
    return { seen: `The ledger cannot be read, so Postgres is probably away (${error.message}).` };
  }
}

async function placeOf(call: Call, provider: Provider, event: string): Promise<string> {
  try {
    const { queues } = await call({ command: 'dead-letters list', arguments: { provider } });
    if (JSON.stringify(queues).includes(event))
      return `It is a dead letter: the processor failed three times; docs/runbook.md#dead-letters.`;
    return `It is still in the queue of ${provider}: the processor does not run, or fails; docs/runbook.md#old-messages.`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `It is in the queue of ${provider} or among its dead letters.`;
  }
}
