import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

/** Creates a directory that is removed by `remove`, or at the end of this process. */
export function makeTemporaryDirectory(name: string): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), `motion-mavericks-${name}-`));
  // Postgres may run as another user and must be able to enter. The contents stay private.
  chmodSync(path, 0o711);
  // Retries for up to 10 s, because a server that is about to end may still write.
  const remove = () => {
    rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    process.off('exit', remove);
  };
  process.once('exit', remove);
  return { path, remove };
}
