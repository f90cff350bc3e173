import type { EndpointOperations } from '../../endpoints/endpoint-operations.ts';
import { type LeaseDeps, webhooksLease, withLease } from '../with-lease.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface EndpointCommandDeps extends LeaseDeps {
  readonly endpoints: EndpointOperations;
}

type EndpointCommands = CommandHandlers<'endpoints show' | 'endpoints repair'>;

export function makeEndpointCommands(deps: EndpointCommandDeps): EndpointCommands {
  const { endpoints } = deps;
  return {
    async 'endpoints show'({ provider }) {
      return { endpoints: await endpoints.show(provider) };
    },

    async 'endpoints repair'({ provider, dryRun }, operator) {
      const repair = () => endpoints.repair(provider, { dryRun });
      const repaired = dryRun
        ? await repair()
        : await withLease(webhooksLease(provider), operator, repair, deps);
      return repaired && { ...repaired };
    },
  };
}
