import { type Finding, ok, problem } from './finding.ts';
import { dataStackName, type Template } from './stage-plan.ts';

/** Types of the data stack whose fixed names outlive it, with the property that identifies each. */
export const importedTypes = ['AWS::Events::EventBus', 'AWS::SecretsManager::Secret'] as const;

export interface NamedResource {
  readonly id: string;
  readonly type: (typeof importedTypes)[number];
  readonly name: string;
}

/** Lists the resources of the data stack with names that a deleted stack may have left behind. */
export const namedResources = (data: Template): readonly NamedResource[] =>
  Object.entries(data.Resources).flatMap(([id, { Type, Properties }]) => {
    const type = importedTypes.find((one) => one === Type);
    const name = Properties['Name'];
    return type === undefined || typeof name !== 'string' ? [] : [{ id, type, name }];
  });

/** A resource that exists although its stack does not. */
export interface LeftBehind extends NamedResource {
  /** Identifier with which CloudFormation imports the resource. */
  readonly identifier: Readonly<Record<string, string>>;
  /** True for a secret that Secrets Manager deletes after its recovery window. */
  readonly isBeingDeleted: boolean;
}

/** Reports names that are in use although the data stack does not exist. */
export function checkLeftBehind(found: readonly LeftBehind[], stage: string): Finding {
  const check = 'left-behind names';
  if (found.length === 0) return ok(check, 'No deleted stack left a name behind.');
  const deleted = found.filter(({ isBeingDeleted }) => isBeingDeleted);
  if (deleted.length > 0)
    return problem(
      check,
      `Secrets Manager still deletes ${deleted.map(({ name }) => name).join(', ')}.`,
      deleted
        .map(({ name }) => `aws secretsmanager restore-secret --secret-id ${name}`)
        .join(' && '),
    );
  const mapping = Object.fromEntries(found.map(({ id, identifier }) => [id, identifier]));
  return problem(
    check,
    `A deleted stack left ${found.map(({ name }) => name).join(', ')}.`,
    `npx cdk import ${dataStackName(stage)} --context stage=${stage} ` +
      `--resource-mapping-inline '${JSON.stringify(mapping)}'`,
  );
}
