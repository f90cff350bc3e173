import { ConfigurationError, type Context } from '../config.ts';

/**
 * Reads the GitHub repository from `--context repository`.
 * @throws ConfigurationError if it is not `owner/name`. A wildcard would trust other repositories.
 */
export function readRepository(context: Context): string {
  const repository: unknown = context.tryGetContext('repository');
  // Characters of names at GitHub: https://docs.github.com/en/repositories/creating-and-managing-repositories
  if (typeof repository === 'string' && /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository))
    return repository;
  throw new ConfigurationError(
    '--context repository must name the GitHub repository as owner/name; ' +
      `got ${JSON.stringify(repository) ?? 'nothing'}.`,
  );
}
