import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { type Bundle, likeMost, likeOurs, makeBundle, openDeployed, sameAs } from '../bundles.ts';

export const variants = [
  'ours',
  'at-hand',
  'sdk',
  'naive',
  'naive-at-hand',
  'naive-esm',
  'floor',
] as const;

export type Variant = (typeof variants)[number];

export const described: Readonly<Record<Variant, string>> = {
  ours: 'the verifier as it is deployed',
  'at-hand': 'the verifier with its secret at hand',
  sdk: 'that with @aws-sdk/client-sqs',
  naive: 'naive',
  'naive-at-hand': 'naive with its secret at hand',
  'naive-esm': 'that, bundled as ours is',
  floor: 'an empty handler',
};

export interface VariantBundles {
  readonly bundles: Readonly<Record<Variant, Bundle>>;
  /** The verifiers of all providers, by their entries. */
  readonly deployed: ReadonlyMap<string, Bundle>;
}

export const entry = 'lambdas/providers/mux/verify.handler.ts';

/** Puts a file of ours in the place of one that the entry imports. */
const instead = (imported: string, file: string): Plugin => ({
  name: file,
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ path, importer }) =>
      path.endsWith(imported) && importer.endsWith(entry)
        ? { path: join(import.meta.dirname, file) }
        : undefined,
    );
  },
});

const withSecretAtHand = instead('/aws-lite/get-secret-value.ts', 'secret-at-hand.ts');
const sendingWithSdk = instead('/aws-lite/send-message.ts', 'enqueue-with-sdk.ts');

export const withCredentialsAtHand: Plugin = {
  name: 'credentials-in-environment',
  setup({ onResolve }) {
    const path = join(import.meta.dirname, 'credentials-in-environment.ts');
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path }));
  },
};

/** @param directory Takes all but the deployed ones. */
export async function bundleVariants(
  directory: string,
  providers: readonly string[],
): Promise<VariantBundles> {
  const find = await openDeployed();
  const deployed = new Map(
    providers.map((provider) => [provider, find(`providers/${provider}/verify.handler.ts`)]),
  );
  const make = (source: string, name: string, options: BuildOptions) =>
    makeBundle(source, directory, name, options);
  const ours = find('providers/mux/verify.handler.ts');
  sameAs(ours, await make(entry, 'rebuilt', likeOurs));
  const bundles = {
    ours,
    'at-hand': await make(entry, 'at-hand', { ...likeOurs, plugins: [withSecretAtHand] }),
    sdk: await make(entry, 'sdk', {
      ...likeOurs,
      plugins: [withSecretAtHand, sendingWithSdk, withCredentialsAtHand],
    }),
    naive: await make('bench/verifier/naive-reading-secret.ts', 'naive', likeMost),
    'naive-at-hand': await make('bench/verifier/naive.ts', 'naive-at-hand', likeMost),
    'naive-esm': await make('bench/verifier/naive.ts', 'naive-esm', likeOurs),
    floor: await make('bench/verifier/floor.ts', 'floor', likeOurs),
  };
  return { bundles, deployed };
}
