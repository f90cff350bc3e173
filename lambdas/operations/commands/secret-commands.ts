import type { SecretOperations } from '../../signing-secrets/secret-operations.ts';
import { type LeaseDeps, webhooksLease, withLease } from '../with-lease.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface SecretCommandDeps extends LeaseDeps {
  readonly secrets: SecretOperations;
}

type SecretCommands = CommandHandlers<'secrets list' | 'secrets rotate'>;

export function makeSecretCommands(deps: SecretCommandDeps): SecretCommands {
  const { secrets } = deps;
  return {
    async 'secrets list'() {
      return { secrets: await secrets.list() };
    },

    async 'secrets rotate'({ provider, dryRun, force }, operator) {
      const rotate = () => secrets.rotate(provider, { dryRun, force });
      const result = dryRun
        ? await rotate()
        : await withLease(webhooksLease(provider), operator, rotate, deps);
      return { ...result };
    },
  };
}
