import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { UnwrapWebhookEvent } from '@mux/mux-node/resources/webhooks/webhooks';
import type { WebhookEvent } from 'resend';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { registry } from '../../../lambdas/providers/registry.ts';
import { describeProviderEvents } from '../../../scripts/describe-provider-events.ts';

const require = createRequire(import.meta.url);

/** Reads the declarations of an installed package, which contain the event types. */
const declarations = (module: string, file: string) =>
  readFileSync(join(dirname(require.resolve(module)), file), 'utf8');

const literals = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, type]) => type as string).sort();

const muxDeclarations = declarations('@mux/mux-node', 'resources/webhooks/webhooks.d.ts');
const resendDeclarations = declarations('resend', 'index.d.cts');
const [, muxUnion = ''] = /export type UnwrapWebhookEvent = ([^;]+);/.exec(muxDeclarations) ?? [];
const [, resendUnion = ''] = /type WebhookEvent = ([^;]+);/.exec(resendDeclarations) ?? [];

/** Event types by provider. Other providers have no package that lists their types. */
const published = {
  mux: literals(muxDeclarations, /^ {4}type: '([\w.]+)';$/gm),
  resend: literals(resendUnion, /'([\w.]+)'/g),
};

// The compiler rejects these names once a package renames its union of event types.
type MuxType = UnwrapWebhookEvent['type'];
const knownTypes = ['video.asset.ready', 'email.sent'] as const satisfies readonly [
  MuxType,
  WebhookEvent,
];

test('reads every member of the unions of the installed packages', () => {
  expect(published.mux).toHaveLength(muxUnion.split('|').length);
  expect(published.resend).toHaveLength(resendUnion.split('|').length);
  expect([...published.mux, ...published.resend]).toEqual(expect.arrayContaining([...knownTypes]));
});

test.each(['mux', 'resend'] as const)(
  'the rules of %s name each event type of the installed package once, and no other',
  (provider) => {
    const { rules } = registry[provider].events;

    expect(rules.flatMap(({ types }) => types).sort()).toEqual(published[provider]);
  },
);

describe.each(providers)('the rules of %s', (provider) => {
  const { rules, appliedTypes } = registry[provider].events;

  test('name the types that the processor applies as applied', () => {
    const applied = rules.filter(({ handling }) => handling === 'applied');

    expect(applied.flatMap(({ types }) => types).sort()).toEqual([...appliedTypes].sort());
  });

  test('give a reason', () => {
    expect(rules.filter(({ explanation }) => explanation.length < 20)).toEqual([]);
  });
});

test('docs/provider-events.md is up to date with the rules (npm run docs)', () => {
  expect(readFileSync('docs/provider-events.md', 'utf8')).toBe(describeProviderEvents());
});
