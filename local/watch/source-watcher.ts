import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

export interface SourceWatcherOptions {
  readonly project: string;
  /** Folders and files to watch, as paths from the root of the project. */
  readonly sources: readonly string[];
  /** Receives all paths that were changed, added or removed since the last call. */
  readonly onChange: (paths: readonly string[]) => void;
  /** An editor that saves several files needs less than this between two of them. */
  readonly quietMs?: number;
}

export interface SourceWatcher {
  stop(): void;
}

const QUIET_MS = 60;
/** Longest wait for a quiet moment. */
const MAX_WAIT_MS = 1_000;

/** State of each file: a change of time, size or identity is a change of the file. */
type Snapshot = ReadonlyMap<string, string>;

/** Reads the state of every file, and names every folder. */
function takeSnapshot(
  project: string,
  sources: readonly string[],
  onFolder: (path: string) => void,
): Snapshot {
  const files = new Map<string, string>();
  const visit = (path: string) => {
    const state = statSync(join(project, path), { throwIfNoEntry: false });
    if (state?.isDirectory()) {
      onFolder(path);
      for (const name of readdirSync(join(project, path))) visit(`${path}/${name}`);
    } else if (state !== undefined) {
      files.set(path, `${state.ino} ${state.mtimeMs} ${state.size}`);
    }
  };
  for (const source of sources) visit(source);
  return files;
}

/** Watches each folder by itself, which works on every system. */
function makeFolderWatchers(project: string, onEvent: () => void) {
  const watchers = new Map<string, FSWatcher>();
  const forget = (path: string) => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  return {
    add(path: string) {
      if (watchers.has(path)) return;
      const watcher = watch(join(project, path), onEvent);
      // A removed folder ends its watcher: with an error, or with the event 'rename'.
      watcher.on('error', () => forget(path));
      watchers.set(path, watcher);
    },
    /** Ends the watchers of folders that no longer exist. */
    keep(folders: ReadonlySet<string>) {
      for (const path of [...watchers.keys()]) if (!folders.has(path)) forget(path);
    },
  };
}

/**
 * Watches folders and compares all files after each event: editors replace files, so an event
 * alone does not name the changed file.
 */
export function watchSources(options: SourceWatcherOptions): SourceWatcher {
  const { project, sources, onChange, quietMs = QUIET_MS } = options;
  let timer: NodeJS.Timeout | undefined;
  let firstEventAt: number | undefined;
  const folders = makeFolderWatchers(project, schedule);
  let before = scan();

  function scan(): Snapshot {
    // The root holds single files.
    const found = new Set(['.']);
    const files = takeSnapshot(project, sources, (path) => void found.add(path));
    folders.keep(found);
    for (const path of found) folders.add(path);
    return files;
  }

  function schedule(): void {
    firstEventAt ??= Date.now();
    clearTimeout(timer);
    const left = firstEventAt + MAX_WAIT_MS - Date.now();
    timer = setTimeout(compare, Math.max(0, Math.min(quietMs, left)));
  }

  function compare(): void {
    firstEventAt = undefined;
    const after = scan();
    const paths = changedPaths(before, after);
    before = after;
    if (paths.length > 0) onChange(paths);
  }

  return {
    stop() {
      clearTimeout(timer);
      folders.keep(new Set());
    },
  };
}

export const changedPaths = (before: Snapshot, after: Snapshot): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .sort();
