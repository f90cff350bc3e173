import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Provider, providers } from '../../lambdas/catalog/providers.ts';

const folder = join(import.meta.dirname, '../fixtures');

export interface Fixture {
  /** Path below test/fixtures/. */
  readonly file: string;
  readonly text: string;
}

/** Returns every fixture. @throws if there is none. */
export function everyFixture(): readonly Fixture[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  );
  if (files.length === 0) throw new Error(`${folder} has no fixtures.`);
  return files.sort().map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
}

/** Returns the webhook bodies of a provider. @throws if there is none. */
export function bodiesOf(provider: Provider): readonly Fixture[] {
  const found = everyFixture().filter(({ file }) => file.startsWith(`${provider}/`));
  if (found.length === 0) throw new Error(`${provider} has no fixtures in ${folder}.`);
  return found;
}

/** Returns every captured body. A provider without captured bodies is tested by its samples. */
export const everyBody = () =>
  everyFixture().flatMap((fixture) => {
    const provider = providers.find((name) => fixture.file.startsWith(`${name}/`));
    return provider === undefined ? [] : [{ provider, ...fixture }];
  });
