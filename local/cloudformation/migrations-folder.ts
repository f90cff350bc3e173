import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the folder of SQL files in a bundle, if the bundle has one. */
export function migrationsFolder(bundle: string): string | undefined {
  const folder = join(bundle, 'migrations');
  return existsSync(folder) ? folder : undefined;
}
