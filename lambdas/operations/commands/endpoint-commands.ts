import type { EndpointOperations } from '../../endpoints/endpoint-operations.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface EndpointCommandDeps {
  readonly endpoints: EndpointOperations;
}

type EndpointCommands = CommandHandlers<'endpoints show' | 'endpoints repair'>;

export function makeEndpointCommands({ endpoints }: EndpointCommandDeps): EndpointCommands {
  return {
    async 'endpoints show'({ provider }) {
      return { endpoints: await endpoints.show(provider) };
    },

    async 'endpoints repair'({ provider, dryRun }) {
      const repaired = await endpoints.repair(provider, { dryRun });
      return repaired && { ...repaired };
    },
  };
}
