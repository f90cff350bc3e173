import { expect, test } from '@jest/globals';
import { commandNames, commandPath } from '../../lambdas/catalog/operator-commands.ts';
import { portalOperationEntry, portalOperations } from '../../lambdas/catalog/portal-api.ts';
import { providers, webhookPath } from '../../lambdas/catalog/providers.ts';
import type { LocalFunction } from '../../local/aws/lambda/functions.ts';
import { readAssembly } from '../../local/cloudformation/assembly.ts';
import { deployRoutes } from '../../local/cloudformation/deploy.ts';
import { functionNameIn, localIdentities } from '../../local/cloudformation/identities.ts';
import { readResources } from '../../local/cloudformation/resources.ts';
import { openTemplate } from '../../local/cloudformation/template.ts';
import { stages } from './support/stages.ts';

const expected = [
  ...providers.map((provider) => [
    `POST ${webhookPath(provider)}`,
    `providers/${provider}/verify.handler.ts`,
  ]),
  ...commandNames.map((command) => [
    `POST ${commandPath(command)}`,
    'operations/operations.handler.ts',
  ]),
  ...portalOperations.map((operation) => [
    `POST ${operation.path}`,
    portalOperationEntry(operation),
  ]),
];

// Local mode runs dev, but developers copy settings of other stages into dev to reproduce faults.
test.each(stages)(
  'local mode routes each path of $stage to its function, also through an alias',
  async (stage) => {
    const template = openTemplate(
      readAssembly(stage.directory),
      localIdentities({ queues: '', api: '' }),
    );
    const resources = readResources(template);
    const entries = new Map(
      resources
        .ofType('AWS::Lambda::Function')
        .map(({ identity }) => [identity.ref, entryOf(template, identity.ref)] as const),
    );
    const named = (nameOrArn: string): LocalFunction => ({
      name: nameOrArn,
      busy: () => 0,
      kill: async () => 0,
      freeze: () => () => {},
      invoke: async () => ({
        ok: true,
        requestId: '',
        result: entries.get(functionNameIn(nameOrArn)),
      }),
    });

    const routed = await Promise.all(
      deployRoutes({ resources }, { named }).map(async ({ key, invoke }) => {
        const invocation = await invoke({});
        return [key, invocation.ok ? invocation.result : undefined];
      }),
    );

    expect(routed.sort()).toEqual(expected.toSorted());
  },
);

test.each(stages)('local mode supports every resource type of $stage', (stage) => {
  const template = openTemplate(
    readAssembly(stage.directory),
    localIdentities({ queues: '', api: '' }),
  );

  expect(readResources(template).unknownTypes).toEqual([]);
});

function entryOf(
  { resources, identity }: ReturnType<typeof openTemplate>,
  name: string,
): string | undefined {
  const found = resources.find(
    (resource) => resource.type === 'AWS::Lambda::Function' && identity(resource).ref === name,
  );
  return /\(lambdas\/(\S+)\)$/.exec(String(found?.properties['Description']))?.[1];
}
