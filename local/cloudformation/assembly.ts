import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Output of `cdk synth`: the templates and the bundles that a deploy uploads. */
export interface Assembly {
  readonly stacks: readonly Stack[];
  /** Returns the directory of the bundle that a template refers to as `<hash>.zip`. */
  bundle(objectKey: string): string;
}

export interface Stack {
  readonly name: string;
  readonly region: string;
  readonly resources: readonly Resource[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly outputs: readonly Output[];
}

/** Resource as in the template: its intrinsic functions are not resolved. */
export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Output {
  readonly id: string;
  readonly value: unknown;
  readonly exportName: unknown;
}

const manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      properties: z
        .object({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .optional(),
    }),
  ),
});

const template = z.object({
  Resources: z
    .record(
      z.string(),
      z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
    )
    .default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }),
    )
    .default({}),
});

const assetManifest = z.object({
  files: z
    .record(z.string(), z.object({ source: z.object({ path: z.string(), packaging: z.string() }) }))
    .default({}),
});

export function readAssembly(directory: string): Assembly {
  const { artifacts } = manifest.parse(readJson(join(directory, 'manifest.json')));
  const entries = Object.entries(artifacts);
  const stacks = entries
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([id, { environment, properties }]) =>
      readStack(
        directory,
        properties?.stackName ?? id,
        environment,
        properties?.templateFile ?? `${id}.template.json`,
      ),
    );
  const bundles = readBundles(
    directory,
    entries.filter(([, { type }]) => type === 'cdk:asset-manifest').map(([id]) => id),
  );
  return {
    stacks,
    bundle(objectKey) {
      const bundle = bundles.get(objectKey.replace(/\.zip$/, ''));
      if (bundle === undefined) throw new Error(`${directory} has no asset ${objectKey}.`);
      return bundle;
    },
  };
}

function readStack(
  directory: string,
  name: string,
  environment: string | undefined,
  file: string,
): Stack {
  const { Resources, Parameters, Outputs } = template.parse(readJson(join(directory, file)));
  const region = /^aws:\/\/[^/]+\/([a-z]{2}-[a-z]+-\d)$/.exec(environment ?? '')?.[1];
  return {
    name,
    region: region ?? 'ap-southeast-2',
    resources: Object.entries(Resources).map(([id, { Type, Properties }]) => ({
      stack: name,
      id,
      type: Type,
      properties: Properties,
    })),
    parameters: Object.fromEntries(
      Object.entries(Parameters).map(([id, parameter]) => [id, parameter.Default]),
    ),
    outputs: Object.entries(Outputs).map(([id, { Value, Export }]) => ({
      id,
      value: Value,
      exportName: Export?.Name,
    })),
  };
}

function readBundles(directory: string, manifests: readonly string[]): Map<string, string> {
  const files = manifests
    .map((id) => join(directory, `${id}.json`))
    .filter((file) => existsSync(file))
    .flatMap((file) => Object.entries(assetManifest.parse(readJson(file)).files));
  return new Map(files.map(([hash, { source }]) => [hash, join(directory, source.path)]));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
