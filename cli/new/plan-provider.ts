import { providers } from '../../lambdas/catalog/providers.ts';
import { checkName, checkNew, spell } from './names.ts';
import type { Plan } from './plan.ts';
import { fillTemplate } from './templates.ts';

const sources = [
  'provider',
  'signature',
  'events',
  'payload-allowlist',
  'apply',
  'verify.handler',
  'process.handler',
];

/** Plans a provider of webhooks. @throws a BadInputError for a bad or an existing name. */
export function planProvider(name: string): Plan {
  checkName('provider', name);
  checkNew('provider', name, providers);
  const { camel, pascal } = spell(name);
  const values = { name, camel, pascal, display: pascal, header: pascal };
  const folder = `lambdas/providers/${name}`;
  const tests = `test/unit/providers/${name}`;
  return {
    subject: `the provider ${name}`,
    files: [
      ...sources.map((source) => ({
        path: `${folder}/${source}.ts`,
        text: fillTemplate(`provider/${source}.ts`, values),
      })),
      ...['provider.test', 'recorded-deliveries'].map((file) => ({
        path: `${tests}/${file}.ts`,
        text: fillTemplate(`provider/${file}.ts`, values),
      })),
    ],
    edits: [
      {
        path: 'lambdas/catalog/providers.ts',
        anchor: /(?<=export const providers = \[[^\]]*?),?\s*\] as const;/,
        place: 'before',
        insertion: `, '${name}'`,
      },
      {
        path: 'lambdas/providers/registry.ts',
        anchor: /^import .* from '\.\.\/catalog\/providers\.ts';\n/m,
        place: 'after',
        insertion: `import { ${camel} } from './${name}/provider.ts';\n`,
      },
      {
        path: 'lambdas/providers/registry.ts',
        anchor: /(?<=export const registry: [^=]*= \{[^}]*?),?\s*\};/,
        place: 'before',
        insertion: `, ${camel}`,
      },
    ],
    generated: ['docs/openapi.json', 'docs/provider-events.md'],
    tests: { project: 'unit', paths: [tests, 'test/unit/providers/registry.test.ts'] },
    nextSteps: [
      `Write the signature scheme in ${folder}/signature.ts, and record a delivery in ` +
        `${tests}/recorded-deliveries.ts.`,
      `List the types, the samples and the schema in ${folder}/events.ts, the fields that may be ` +
        `logged in ${folder}/payload-allowlist.ts, and the effects in ${folder}/apply.ts.`,
      `State in ${folder}/provider.ts how long ${pascal} repeats, and which traffic is expected.`,
      `Name the ids and free texts that a stored body keeps in ` +
        'test/unit/privacy/webhook-texts.test.ts, which fails until then.',
      `Try it: npm start, then npm run send -- ${name} <type> and npm run smoke.`,
    ],
  };
}
