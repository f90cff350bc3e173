import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { breakMigrations } from '../../../../scripts/pipeline/emulator/break-migrations.ts';

const root = mkdtempSync(join(tmpdir(), 'broken-'));
afterAll(() => rmSync(root, { recursive: true }));

const FILE = 'stage-webhooks.template.json';
const HASH = 'a'.repeat(64);
const trigger = { Type: 'Custom::Trigger', Properties: { HandlerArn: { Ref: 'V' }, Timeout: '1' } };
const queue = { Type: 'AWS::SQS::Queue', Properties: {} };

/** Writes an assembly as the CDK app does, as far as the function reads it. */
function writeAssembly(resources: object): string {
  const directory = mkdtempSync(join(root, 'assembly-'));
  const write = (name: string, content: object) =>
    writeFileSync(join(directory, name), JSON.stringify(content));
  write(FILE, { Resources: resources });
  write('stage-webhooks.assets.json', {
    files: { [HASH]: { source: { path: FILE } }, other: { source: { path: 'asset.x' } } },
  });
  write('manifest.json', { url: `s3://bucket/${HASH}.json` });
  return directory;
}

const copyOf = (assembly: string) => `${assembly}-broken`;

test('makes the trigger of the migrations call a function that does not exist', () => {
  const assembly = writeAssembly({ trigger, queue });
  breakMigrations(assembly, copyOf(assembly));
  const { Resources } = JSON.parse(readFileSync(join(copyOf(assembly), FILE), 'utf8'));

  expect(Resources.queue).toEqual(queue);
  expect(Resources.trigger.Properties).toEqual({
    HandlerArn: expect.stringContaining(':function:absent:1'),
    Timeout: '1',
  });
});

test('gives the template another object key, and leaves the assembly as it is', () => {
  const assembly = writeAssembly({ trigger });
  breakMigrations(assembly, copyOf(assembly));
  const names = ['manifest.json', 'stage-webhooks.assets.json'];

  for (const name of names) {
    expect(readFileSync(join(assembly, name), 'utf8')).toContain(HASH);
    expect(readFileSync(join(copyOf(assembly), name), 'utf8')).not.toContain(HASH);
    expect(readFileSync(join(copyOf(assembly), name), 'utf8')).toMatch(/[0-9a-f]{64}/);
  }
});

test('rejects an assembly without a trigger', () => {
  const assembly = writeAssembly({ queue });

  expect(() => breakMigrations(assembly, copyOf(assembly))).toThrow('no trigger of the migrations');
});
