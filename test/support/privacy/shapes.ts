import { type Provider, providers } from '../../../lambdas/catalog/providers.ts';
import { registry } from '../../../lambdas/providers/registry.ts';
import { everyBody } from '../fixtures.ts';
import { ignoredShapes } from './ignored-shapes.ts';
import { type Position, stringPositions } from './string-positions.ts';

/** One known form of a body, with the positions of its texts. */
export interface Shape {
  readonly provider: Provider;
  readonly type: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly positions: readonly Position[];
}

const at = '2026-03-01T10:00:00.000Z';

const toShape = (provider: Provider, document: Shape['document']): Shape => ({
  provider,
  type: String(document['type']),
  document,
  positions: stringPositions(document).filter(([key]) => key !== 'type'),
});

/** A new provider has none until somebody records them. */
const othersOf: Partial<Readonly<Record<Provider, readonly Shape['document'][]>>> = ignoredShapes;

/** Returns every fixture, every sample, and a body of ignored types with unusual fields. */
export const everyShape = (): readonly Shape[] => [
  ...everyBody().map(({ provider, text }) => toShape(provider, JSON.parse(text))),
  ...providers.flatMap((provider) =>
    Object.entries(registry[provider].events.samples).map(([type, data]) =>
      toShape(provider, { id: `sample-${type}`, type, created_at: at, data }),
    ),
  ),
  ...providers.flatMap((provider) =>
    (othersOf[provider] ?? []).map((document) => toShape(provider, document)),
  ),
];

/** Returns every type that a provider publishes. */
export const typesOfProvider = (provider: Provider): readonly string[] =>
  registry[provider].events.rules.flatMap(({ types }) => types);
