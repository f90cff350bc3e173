import { type Provider, providers } from '../../lambdas/catalog/providers.ts';
import { UserError } from '../../local/user-error.ts';
import type { OperationResult, RunCommand } from '../ops/operations-client.ts';
import { waitForLedger } from './wait-for-ledger.ts';

export interface SmokeStep {
  readonly step: 'signed' | 'accepted' | 'recorded';
  readonly ms: number;
  readonly note: string;
}

/** Steps that one synthetic event passed, and the problem that stopped it. */
export interface SmokeResult {
  readonly provider: Provider;
  readonly event?: string;
  readonly healthy: boolean;
  readonly steps: readonly SmokeStep[];
  readonly problem?: string;
}

export interface SmokeDeps {
  readonly runCommand: RunCommand;
  /** Base URL of the API. */
  readonly url: string;
  readonly timeoutSeconds: number;
  /** Prints the progress for people. */
  readonly report: (line: string) => void;
}

/**
 * Posts one synthetic event per provider and waits until the ledger has it. The operations function
 * signs the event, because it may read the secret. This machine posts the event from outside, as a
 * provider does: through DNS, TLS and API Gateway.
 */
export async function runSmokeTests(deps: SmokeDeps): Promise<readonly SmokeResult[]> {
  const results: SmokeResult[] = [];
  for (const provider of providers) results.push(await testProvider(provider, deps));
  return results;
}

async function testProvider(provider: Provider, deps: SmokeDeps): Promise<SmokeResult> {
  const { report } = deps;
  const steps: SmokeStep[] = [];
  let event: string | undefined;
  const run = async (step: SmokeStep['step'], work: () => Promise<string>) => {
    const startedAt = performance.now();
    const note = await work();
    const ms = Math.round(performance.now() - startedAt);
    steps.push({ step, ms, note });
    report(`  ${step.padEnd(8)}  ${note} (${ms} ms)`);
  };
  report(provider);
  try {
    let delivery: OperationResult = {};
    await run('signed', async () => {
      delivery = await sign(provider, deps);
      event = String(delivery['event']);
      return event;
    });
    await run('accepted', () => post(delivery, deps));
    await run('recorded', () => waitForLedger(provider, String(event), deps));
    return { provider, event: String(event), healthy: true, steps };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message: problem } = error;
    report(`  FAILED    ${problem}`);
    return { provider, ...(event && { event }), healthy: false, steps, problem };
  }
}

async function sign(provider: Provider, { runCommand }: SmokeDeps): Promise<OperationResult> {
  try {
    return await runCommand({ command: 'smoke sign', arguments: { provider } });
  } catch (error) {
    throw error instanceof UserError
      ? new UserError(`The operations function did not sign: ${error.message}`)
      : error;
  }
}

const POST_TIMEOUT_MS = 15_000;

async function post(delivery: OperationResult, { url }: SmokeDeps): Promise<string> {
  const response = await fetch(`${url}${delivery['path']}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'motion-mavericks-smoke',
      ...(delivery['headers'] as Record<string, string>),
    },
    body: String(delivery['body']),
    signal: AbortSignal.timeout(POST_TIMEOUT_MS),
  }).catch((error: Error) => {
    throw new UserError(`The webhook route cannot be reached: ${error.message}.`);
  });
  const body = (await response.text()).slice(0, 200);
  if (response.status === 200) return `200 ${body}`;
  throw new UserError(
    `The webhook route answered ${response.status} ${body}. ${explainStatus(response.status)}`,
  );
}

function explainStatus(status: number): string {
  switch (status) {
    case 400:
      return (
        'The verifier has a different signing secret than Secrets Manager, ' +
        'because the secret changed within the last five minutes. Try again in five minutes.'
      );
    case 404:
      return 'The route does not exist: check that the URL is the API of the stage.';
    case 429:
      return 'The API throttles requests; see docs/runbook.md#api-throttling.';
    default:
      return "See the verifier's log; docs/runbook.md#verifier-failing.";
  }
}
