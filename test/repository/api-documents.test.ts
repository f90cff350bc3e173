import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { expect, test } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { operatorCommands } from '../../lambdas/catalog/operator-commands.ts';
import { contracts } from '../../lambdas/portal-api/contracts.ts';
import { operatorExamples, portalExamples } from '../../scripts/openapi-examples.ts';

const openApi = readFileSync('docs/openapi.json', 'utf8');

test('docs/openapi.json has no problem for a linter', async () => {
  expect(await lint(openApi)).toEqual([]);
});

test('the linter finds an operation without security', async () => {
  const api = JSON.parse(openApi);
  delete api.paths['/api/v1/uploads'].post.security;

  expect(await lint(JSON.stringify(api))).toContain('security-defined');
});

test('contracts/asyncapi.json is a valid AsyncAPI document', async () => {
  const { document, diagnostics } = await new Parser().parse(
    readFileSync('contracts/asyncapi.json', 'utf8'),
  );
  const errors = diagnostics.filter(({ severity }) => severity === 0);

  expect(errors).toEqual([]);
  expect(document?.operations().all().length).toBeGreaterThan(5);
});

test('each example of a portal operation is valid by its contract', () => {
  for (const [name, { request, response }] of Object.entries(portalExamples)) {
    const contract = contracts[name as keyof typeof contracts];
    expect(contract.request.safeParse(request).error).toBeUndefined();
    expect(contract.response.strict().safeParse(response).error).toBeUndefined();
  }
});

test('each example of an operator command is valid by its schema', () => {
  for (const [command, example] of Object.entries(operatorExamples)) {
    const schema = operatorCommands[command as keyof typeof operatorExamples].arguments;
    expect(schema.safeParse(example).error).toBeUndefined();
  }
});

async function lint(source: string): Promise<readonly string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
  return problems.map(({ ruleId }) => ruleId);
}
