import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deliveredEventSchema, eventContracts } from '../../lambdas/catalog/event-contracts.ts';
import type { JsonSchema } from '../../lambdas/catalog/json-schema-type.ts';
import { describeAsyncApi } from './asyncapi.ts';
import { breakingContracts } from './breaking-changes.ts';
import { deliveredExample } from './delivered-example.ts';
import { describeEventTypes } from './event-types.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Returns the text of each generated file by its path in `contracts/`. */
export async function contractFiles(): Promise<ReadonlyMap<string, string>> {
  const contracts = eventContracts();
  return new Map([
    ...contracts.map(
      (contract) =>
        [`schemas/${contract.name}.json`, json(deliveredEventSchema(contract))] as const,
    ),
    ...contracts.map(
      (contract) => [`examples/${contract.name}.json`, json(deliveredExample(contract))] as const,
    ),
    ['asyncapi.json', json(describeAsyncApi(contracts))],
    ['events.d.ts', await describeEventTypes(contracts)],
  ]);
}

/** Reads the schemas of a `contracts/` folder by their names. */
export function readContracts(folder: string): ReadonlyMap<string, JsonSchema> {
  const schemas = join(folder, 'schemas');
  if (!existsSync(schemas)) return new Map();
  return new Map(
    readdirSync(schemas).map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(schemas, file), 'utf8')) as JsonSchema,
    ]),
  );
}

/** Throws if an event no longer has the form of its published contract. */
export function rejectBreakingChanges(published: ReadonlyMap<string, JsonSchema>): void {
  const current = new Map(
    eventContracts().map((contract) => [contract.name, deliveredEventSchema(contract)]),
  );
  const found = breakingContracts(published, current);
  if (found.length === 0) return;
  throw new Error(
    `Consumers of domain events would break:\n${found.map((one) => `  ${one}\n`).join('')}` +
      'Give the event a new `version` in lambdas/catalog/domain-events.ts, or make the change so ' +
      'that it only adds properties.',
  );
}
