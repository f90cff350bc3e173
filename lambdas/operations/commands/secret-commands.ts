import type { SecretOperations } from '../../signing-secrets/secret-operations.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface SecretCommandDeps {
  readonly secrets: SecretOperations;
}

type SecretCommands = CommandHandlers<'secrets list' | 'secrets rotate'>;

export function makeSecretCommands({ secrets }: SecretCommandDeps): SecretCommands {
  return {
    async 'secrets list'() {
      return { secrets: await secrets.list() };
    },

    async 'secrets rotate'({ provider, dryRun, force }) {
      return { ...(await secrets.rotate(provider, { dryRun, force })) };
    },
  };
}
