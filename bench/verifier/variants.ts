import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { type Bundle, likeMost, likeOurs, makeBundle, openDeployed, sameAs } from '../bundles.ts';

export const variants = ['ours', 'sdk', 'naive', 'naive-esm', 'floor'] as const;

export type Variant = (typeof variants)[number];

export const described: Readonly<Record<Variant, string>> = {
  ours: 'the verifier as it is deployed',
  sdk: 'the verifier with @aws-sdk/client-sqs',
  naive: 'naive',
  'naive-esm': 'naive, bundled as ours is',
  floor: 'an empty handler',
};

export interface VariantBundles {
  readonly bundles: Readonly<Record<Variant, Bundle>>;
  /** The verifiers of all providers, by their entries. */
  readonly deployed: ReadonlyMap<string, Bundle>;
}

const entry = 'lambdas/providers/mux/verify.handler.ts';

const sendingWithSdk: Plugin = {
  name: 'sending-with-sdk',
  setup({ onResolve }) {
    onResolve({ filter: /pipeline\/enqueue\.ts$/ }, ({ importer }) =>
      importer.endsWith(entry) ? { path: join(import.meta.dirname, 'enqueue-with-sdk.ts') } : undefined,
    );
  },
};

/** @param directory Takes all but the deployed ones. */
export async function bundleVariants(directory: string, providers: readonly string[]): Promise<VariantBundles> {
  const find = await openDeployed();
  const deployed = new Map(providers.map((provider) => [provider, find(`providers/${provider}/verify.handler.ts`)]));
  const make = (source: string, name: string, options: BuildOptions) => makeBundle(source, directory, name, options);
  const ours = find('providers/mux/verify.handler.ts');
  sameAs(ours, await make(entry, 'rebuilt', likeOurs));
  const bundles = {
    ours,
    sdk: await make(entry, 'sdk', { ...likeOurs, plugins: [sendingWithSdk] }),
    naive: await make('bench/verifier/naive.ts', 'naive', likeMost),
    'naive-esm': await make('bench/verifier/naive.ts', 'naive', likeOurs),
    floor: await make('bench/verifier/floor.ts', 'floor', likeOurs),
  };
  return { bundles, deployed };
}
