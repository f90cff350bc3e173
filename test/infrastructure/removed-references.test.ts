import { expect, test } from '@jest/globals';
import { crossStackImports, exportsOf } from './support/cross-stack.ts';
import { at, resolve } from './support/references.ts';
import { every, type Resource, resources, type Stage, stages } from './support/stages.ts';

/** Types of the data stack that no setting and no change of the providers removes. */
const permanentTypes = ['AWS::Events::EventBus', 'AWS::KMS::Key', 'AWS::S3::Bucket'];

const stageNamed = (name: string): Stage => {
  const found = stages.find(({ stage }) => stage === name);
  if (found === undefined) throw new Error(`No configuration is named ${name}.`);
  return found;
};

/** Removes what distinguishes the names of two stages, so that they compare as two versions. */
const asProd = (names: readonly string[]) =>
  names.map((name) => name.replace('prod-aurora', 'prod'));

test.each([
  ['aurora to external', 'prod-aurora', 'prod'],
  ['external to aurora', 'prod', 'prod-aurora'],
])('a change from %s removes no export that the deployed webhooks stack imports', (_, ...names) => {
  const [before, after] = names.map(stageNamed) as [Stage, Stage];
  const imported = asProd(crossStackImports(before.stacks));

  expect(imported).not.toEqual([]);
  expect(imported.filter((name) => !asProd(exportsOf(after.stacks)).includes(name))).toEqual([]);
});

const webhooks = resources.filter(({ stack }) => stack.endsWith('-webhooks'));

/** Returns the type of the resource behind each import. */
const importedTypes = (resource: Resource): string[] =>
  valuesIn(resource.Properties)
    .filter((value) => at(value, 'Fn::ImportValue') !== undefined)
    .map((value) => resolve(resource, value)?.Type ?? JSON.stringify(value));

test.each(stages)('$stage: only resources that no version removes are imported', (stage) => {
  const types = webhooks
    .filter((resource) => resource.stage === stage)
    .flatMap((resource) => importedTypes(resource));

  expect(new Set(types)).toEqual(new Set(permanentTypes));
});

/** Properties of all resources in the webhooks stack of each stage, as text. */
const contents = new Map(
  stages.map((stage) => {
    const own = webhooks.filter((resource) => resource.stage === stage);
    return [stage, JSON.stringify(own.map(({ Properties }) => Properties))];
  }),
);

/** CDK refers to Aurora's secret by its attachment. */
const attachedTo = (secret: Resource) =>
  resources.find((one) => resolve(one, one.Properties['SecretId']) === secret) ?? secret;

test.each(every('AWS::SecretsManager::Secret').map(attachedTo))(
  '$stack: $id stays exported for stacks of the version that imported it',
  ({ stage, stack, id }) => {
    const outputs = Object.values(stage.stacks[stack]?.Outputs ?? {});
    const exported = outputs.filter(
      ({ Value, Export }) => Export !== undefined && JSON.stringify(Value).includes(id),
    );

    expect(contents.get(stage)).toContain(id);
    expect(exported).toHaveLength(1);
  },
);

function valuesIn(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(valuesIn)];
}
