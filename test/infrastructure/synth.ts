import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

export const projectRoot = join(import.meta.dirname, '..', '..');

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.array(z.string()).default([]),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  Metadata: z.record(z.string(), z.unknown()).default({}),
});

const template = z.object({
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
});

const report = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      violations: z.array(
        z.object({ ruleName: z.string(), violatingConstructs: z.array(z.object({ constructPath: z.string() })) }),
      ),
    }),
  ),
});

export type Resource = z.infer<typeof resource> & { readonly stack: string; readonly id: string };

export interface Synthesis {
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly directory: string;
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What cdk-nag and CDK's own validation have found: rule and construct. */
  readonly findings: readonly string[];
}

export interface SynthesisOptions {
  readonly context?: Readonly<Record<string, unknown>>;
  /** A file that Node loads before the app. */
  readonly preload?: string;
  readonly bundle?: boolean;
}

/** Runs the app as the CLI does: in a process of its own, but without the CLI, an account or a network. */
export async function synthesize({ context = {}, preload, bundle = false }: SynthesisOptions = {}): Promise<Synthesis> {
  const directory = mkdtempSync(join(tmpdir(), 'synth-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const allContext = bundle ? context : { 'aws:cdk:bundling-stacks': [], ...context };
  const app = spawn(process.execPath, [...(preload ? ['--require', preload] : []), 'bin/app.ts'], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(allContext) },
  });
  const [stderr, exitCode] = await Promise.all([
    text(app.stderr),
    new Promise<number | null>((resolve) => app.once('close', resolve)),
  ]);
  const templates = readdirSync(directory)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => ({ stack: file.replace('.template.json', ''), ...template.parse(readJson(directory, file)) }));
  return {
    exitCode,
    stderr,
    directory,
    resources: templates.flatMap(({ stack, Resources }) =>
      Object.entries(Resources).map(([id, properties]) => ({ stack, id, ...properties })),
    ),
    outputs: Object.fromEntries(
      templates.flatMap(({ Outputs }) => Object.entries(Outputs).map(([name, { Value }]) => [name, Value])),
    ),
    findings: readFindings(directory),
  };
}

function readFindings(directory: string): string[] {
  if (!existsSync(join(directory, 'validation-report.json'))) return [];
  const { pluginReports } = report.parse(readJson(directory, 'validation-report.json'));
  return pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    ),
  );
}

const readJson = (directory: string, file: string): unknown => JSON.parse(readFileSync(join(directory, file), 'utf8'));

/** All resources of a type. @throws where there is none, as a rule about nothing holds whatever the app does. */
export function every({ resources, stderr }: Synthesis, type: string): readonly [Resource, ...Resource[]] {
  const [first, ...others] = resources.filter(({ Type }) => Type === type);
  if (first === undefined) throw new Error(`The app has no ${type}. ${stderr}`);
  return [first, ...others];
}

/** The value under a path of keys, or undefined where the path ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
}

/** The logical id that `Ref` or `Fn::GetAtt` names. */
export function target(value: unknown): string | undefined {
  const id = at(value, 'Ref') ?? at(value, 'Fn::GetAtt', 0);
  return typeof id === 'string' ? id : undefined;
}

/** The file of a function's handler, under lambdas/. */
export function entryOf({ Properties }: Resource): string | undefined {
  return /\(lambdas\/(\S+)\)$/.exec(String(Properties['Description']))?.[1];
}
