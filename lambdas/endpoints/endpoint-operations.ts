import type { Provider } from '../catalog/providers.ts';
import type { ProviderEndpoint } from './endpoint.ts';
import { describeFault, findEndpointFaults, repairOf } from './endpoint-faults.ts';
import type { ManagedEndpoint } from './open-endpoints.ts';

export interface EndpointReport {
  readonly provider: Provider;
  /** `unreadable`: the provider did not answer, or its key is missing. */
  readonly status: 'ok' | 'faulty' | 'unreadable';
  readonly address: string;
  readonly webhooks: readonly ProviderEndpoint[];
  readonly faults: readonly string[];
  readonly repair?: string;
  readonly error?: string;
}

export interface RepairReport {
  readonly provider: Provider;
  /** False for a dry run, and if there is nothing to repair. */
  readonly performed: boolean;
  readonly steps: readonly { readonly fault: string; readonly repair: string }[];
  /** Faults that remain after the repair. */
  readonly remaining: readonly string[];
}

export interface EndpointOperations {
  show(provider?: Provider): Promise<readonly EndpointReport[]>;
  /** @returns undefined if no command manages the provider's webhooks. */
  repair(
    provider: Provider,
    options: { readonly dryRun: boolean },
  ): Promise<RepairReport | undefined>;
}

/** @param stage Stage that the commands in the answers name. */
export function makeEndpointOperations(
  managed: readonly ManagedEndpoint[],
  stage: string,
): EndpointOperations {
  return {
    show: (provider) =>
      Promise.all(
        managed
          .filter((one) => provider === undefined || one.provider === provider)
          .map((one) => report(one, stage)),
      ),
    async repair(provider, { dryRun }) {
      const one = managed.find((candidate) => candidate.provider === provider);
      return one && repair(one, dryRun);
    },
  };
}

export const repairCommand = (provider: Provider, stage: string) =>
  `npm run ops -- endpoints repair ${provider} --reason '…' --stage ${stage}`;

async function report(one: ManagedEndpoint, stage: string): Promise<EndpointReport> {
  const { provider, endpoints, expected } = one;
  const { address } = expected;
  try {
    const webhooks = await endpoints.list();
    const faults = findEndpointFaults(webhooks, expected, endpoints.mayHaveSeveral);
    const texts = faults.map((fault) => describeFault(fault, expected).fault);
    if (faults.length === 0) return { provider, status: 'ok', address, webhooks, faults: texts };
    const command = repairCommand(provider, stage);
    return { provider, status: 'faulty', address, webhooks, faults: texts, repair: command };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { provider, status: 'unreadable', address, webhooks: [], faults: [], error: message };
  }
}

/** Performs one step after the other. Each may be repeated, so an interrupted repair continues. */
async function repair(
  { provider, endpoints, expected }: ManagedEndpoint,
  dryRun: boolean,
): Promise<RepairReport> {
  const find = async () =>
    findEndpointFaults(await endpoints.list(), expected, endpoints.mayHaveSeveral);
  const faults = await find();
  const steps = faults.map((fault) => describeFault(fault, expected));
  const textsOf = (found: typeof faults) =>
    found.map((fault) => describeFault(fault, expected).fault);
  if (dryRun || faults.length === 0)
    return { provider, performed: false, steps, remaining: textsOf(faults) };
  for (const fault of faults) {
    const step = repairOf(fault, expected);
    if (step.action === 'create') await endpoints.create(expected);
    if (step.action === 'update') await endpoints.update(step.id, step.change);
    if (step.action === 'store-secret') await endpoints.storeSecret(step.id, expected);
  }
  return { provider, performed: true, steps, remaining: textsOf(await find()) };
}
