import { join } from 'node:path';
import type { LocalInstance } from '../local/local-instance.ts';
import { makeReporter } from '../local/reporter.ts';
import { assemblyCache } from '../local/running-instance.ts';
import { startLocal } from '../local/start.ts';

/**
 * Starts an instance with a database of its own, for one command. Passes no real keys, because the
 * command reads what the sandboxes received.
 * @param timeScale Factor of every delay; 1 is real time.
 */
export const startTemporaryInstance = (
  stateDirectory: string,
  { timeScale = 1 }: { readonly timeScale?: number } = {},
): Promise<LocalInstance> =>
  startLocal({
    port: 0,
    stateDirectory,
    assemblies: assemblyCache,
    database: { dataDirectory: join(stateDirectory, 'postgres'), durable: false },
    environment: {},
    reporter: makeReporter({ logDirectory: join(stateDirectory, 'logs'), quiet: true }),
    schedulesEnabled: false,
    timeScale,
  });
