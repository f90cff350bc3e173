import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

/** A directory that this process removes when it ends, if nobody did before. */
export function makeTemporaryDirectory(name: string): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), `motion-mavericks-${name}-`));
  // Where Postgres runs as another user than this process, it has to pass through; what is inside is closed to others.
  chmodSync(path, 0o711);
  // A server that was told to end a moment ago may still be writing.
  const remove = () => {
    rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    process.off('exit', remove);
  };
  process.once('exit', remove);
  return { path, remove };
}
