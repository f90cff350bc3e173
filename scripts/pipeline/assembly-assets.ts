import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const manifest = z.object({
  files: z.record(
    z.string(),
    z.object({ displayName: z.string(), source: z.object({ path: z.string() }) }),
  ),
});

/** Content hash of each asset by the construct that uses it. */
export type Assets = ReadonlyMap<string, string>;

/** Reads the assets of an assembly, without the templates, which differ by stage. */
export function readAssets(directory: string): Assets {
  const manifests = readdirSync(directory).filter((file) => file.endsWith('.assets.json'));
  if (manifests.length === 0) throw new Error(`${directory} has no *.assets.json: run cdk synth`);
  const files = manifests.flatMap((file) =>
    Object.entries(manifest.parse(JSON.parse(readFileSync(join(directory, file), 'utf8'))).files),
  );
  return new Map(
    files
      .filter(([, { source }]) => !source.path.endsWith('.template.json'))

      .map(([hash, { displayName }]) => [displayName, hash]),
  );
}

/**
 * Lists the assets that are not the same in all stages. A stage would otherwise run code that the
 * stage before it did not test.
 */
export function differentAssets(stages: ReadonlyMap<string, Assets>): string[] {
  const names = new Set([...stages.values()].flatMap((assets) => [...assets.keys()]));
  return [...names].toSorted().flatMap((name) => {
    const hashes = [...stages].map(([stage, assets]) => [stage, assets.get(name)] as const);
    const known = hashes.filter(([, hash]) => hash !== undefined);
    if (new Set(known.map(([, hash]) => hash)).size <= 1) return [];
    return [`${name}: ${known.map(([stage, hash]) => `${stage} ${hash}`).join(', ')}`];
  });
}
