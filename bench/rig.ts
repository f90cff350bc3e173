import { makeTemporaryDirectory } from '../local/temporary-directory.ts';
import { makeBundle, openDeployed } from './bundles.ts';
import { openBenchDatabase } from './database.ts';
import { StandIn } from './stand-in.ts';

export type FunctionVariant = 'ours' | 'naive';

/** A database, a stand-in for AWS, and the functions that use them. */
export type Rig = Awaited<ReturnType<typeof openRig>>;

/** Bundles the naive functions as the deployed ones, which makes them faster. */
export async function openRig() {
  const { path, remove } = makeTemporaryDirectory('bench');
  const find = await openDeployed();
  const verifier = find('providers/mux/verify.handler.ts');
  const processor = find('providers/mux/process.handler.ts');
  const standIn = await StandIn.open(path);
  const database = await openBenchDatabase();
  return {
    directory: path,
    database,
    standIn,
    verifiers: { ours: verifier.file, naive: await makeBundle('verifier/naive.ts', path) },
    processors: { ours: processor.file, naive: await makeBundle('processor/naive.ts', path) },
    /** Polls the queue and invokes a processor. */
    worker: await makeBundle('worker.ts', path),
    /** Environment of a processor that uses this database. */
    environment: (url: string): Readonly<Record<string, string>> => ({
      ...processor.environment,
      ...standIn.environment,
      DATABASE_SECRET_ID: url,
      DATABASE_URL: url,
    }),
    async close() {
      await database.stop();
      remove();
    },
  };
}
