import { type JobCounts, PartialRunError } from '../jobs/run-job.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import { describeFault, findEndpointFaults } from './endpoint-faults.ts';
import { repairCommand } from './endpoint-operations.ts';
import type { ManagedEndpoint } from './open-endpoints.ts';

/**
 * Compares the webhooks at each provider with what the stage expects. Providers disable a webhook
 * that fails for long, and tell nobody but the owner of the account.
 */
export function makeCheckEndpoints(managed: readonly ManagedEndpoint[], stage: string) {
  return async function checkEndpoints(): Promise<JobCounts> {
    const checks = await Promise.allSettled(managed.map((one) => countFaults(one, stage)));
    const counts = {
      EndpointFaults: checks.reduce(
        (sum, check) => sum + (check.status === 'fulfilled' ? check.value : 0),
        0,
      ),
    };
    const errors = checks.flatMap((check) => (check.status === 'rejected' ? [check.reason] : []));
    if (errors.length === 0) return counts;
    throw new PartialRunError(errors, errors.map(String).join(' '), counts);
  };
}

async function countFaults(
  { provider, endpoints, expected }: ManagedEndpoint,
  stage: string,
): Promise<number> {
  const faults = findEndpointFaults(await endpoints.list(), expected, endpoints.mayHaveSeveral);
  for (const fault of faults)
    log.error('Webhook differs from what the stage expects', {
      provider,
      fault: fault.fault,
      detail: describeFault(fault, expected).fault,
      command: repairCommand(provider, stage),
    });
  emitMetrics('endpoints', { EndpointFaults: faults.length }, { provider });
  return faults.length;
}
