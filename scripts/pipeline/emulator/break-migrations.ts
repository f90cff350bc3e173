import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readTemplate } from './emulated-assembly.ts';
import type { TemplateResource } from './supported-template.ts';

const ABSENT_FUNCTION = 'arn:aws:lambda:ap-southeast-2:123456789012:function:absent:1';
const SUFFIX = '-webhooks.template.json';

/**
 * Copies an assembly and makes its deploy fail where a failed migration does: the trigger of the
 * migrations calls a function that does not exist.
 */
export function breakMigrations(assembly: string, copy: string): void {
  cpSync(assembly, copy, { recursive: true });
  const [file, ...others] = readdirSync(copy).filter((name) => name.endsWith(SUFFIX));
  if (file === undefined || others.length > 0)
    throw new Error(`${assembly} needs one template of a webhooks stack.`);
  const template = readTemplate(join(copy, file));
  const triggers = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'Custom::Trigger',
  );
  if (triggers.length === 0) throw new Error(`${file} has no trigger of the migrations.`);
  const broken = triggers.map(([id, trigger]) => [id, callAbsentFunction(trigger)]);
  const Resources = { ...template.Resources, ...Object.fromEntries(broken) };
  const text = JSON.stringify({ ...template, Resources });
  writeFileSync(join(copy, file), text);
  renameTemplate(copy, file, createHash('sha256').update(text).digest('hex'));
}

const callAbsentFunction = (trigger: TemplateResource) => ({
  ...trigger,
  Properties: { ...Object(trigger.Properties), HandlerArn: ABSENT_FUNCTION },
});

const manifestSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })),
});

/** Gives the template another object key: the CLI uploads no key that exists already. */
function renameTemplate(directory: string, file: string, hash: string): void {
  const assets = join(directory, file.replace('.template.json', '.assets.json'));
  const { files } = manifestSchema.parse(JSON.parse(readFileSync(assets, 'utf8')));
  const [old] = Object.entries(files).find(([, { source }]) => source.path === file) ?? [];
  if (old === undefined) throw new Error(`${assets} does not list ${file}.`);
  for (const path of [assets, join(directory, 'manifest.json')])
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(old, hash));
}
