import { expect, test } from '@jest/globals';
import {
  type OperatorCommand,
  policyNames,
  policyOutput,
} from '../../lambdas/catalog/operator-commands/operator-command.ts';
import {
  type CommandName,
  commandNames,
  commandPath,
  operatorCommands,
} from '../../lambdas/catalog/operator-commands.ts';
import { at, list, render, resolve } from './support/references.ts';
import { type Stage, stages } from './support/stages.ts';

const commandOf = (name: CommandName): OperatorCommand => operatorCommands[name];

/** Finds the managed policy that an output of the stage names. */
function policyOf(stage: Stage, output: string) {
  for (const [stack, { Outputs, Resources }] of Object.entries(stage.stacks)) {
    const id = String(at(Outputs[output]?.Value, 'Ref'));
    const resource = Resources[id];
    if (resource !== undefined) return { stage, stack, id, ...resource };
  }
  throw new Error(`${stage.stage} has no policy in the output ${output}.`);
}

const cases = stages.flatMap((stage) => policyNames.map((policy) => ({ stage, policy })));

test.each(cases)('$stage.stage: the policy $policy allows exactly its commands', (one) => {
  const policy = policyOf(one.stage, policyOutput(one.policy));
  const statements = list(at(policy.Properties, 'PolicyDocument', 'Statement'));
  const invoked = statements
    .filter((statement) => list(at(statement, 'Action')).includes('execute-api:Invoke'))
    .flatMap((statement) => list(at(statement, 'Resource')))
    .map((resource) => render(policy, resource));
  const commands = commandNames.filter((name) => commandOf(name).policy === one.policy);

  expect(policy.Type).toBe('AWS::IAM::ManagedPolicy');
  expect(commands).not.toEqual([]);
  expect(invoked.map((arn) => arn.replace(/^.*?\/\$default\/POST/, '')).sort()).toEqual(
    commands.map(commandPath).sort(),
  );
  for (const arn of invoked)
    expect(arn).toMatch(/^arn:aws:execute-api:[^:]+:<AWS::AccountId>:<ApiHttp\w+>\/\$default\//);
  for (const statement of statements) expect(at(statement, 'Effect')).toBe('Allow');
});

test.each(cases)(
  '$stage.stage: the policy $policy allows only its commands, a widget, outputs and logs',
  ({ stage, policy: name }) => {
    const policy = policyOf(stage, policyOutput(name));
    const others = list(at(policy.Properties, 'PolicyDocument', 'Statement'))
      .flatMap((statement) =>
        list(at(statement, 'Action')).flatMap((action) =>
          list(at(statement, 'Resource')).map((resource) => ({ action, resource })),
        ),
      )
      .filter(({ action }) => action !== 'execute-api:Invoke')
      // The command line reads the URL of the API from the outputs of the stack.
      .filter(
        ({ action, resource }) =>
          action !== 'cloudformation:DescribeStacks' ||
          !render(policy, resource).endsWith(`:stack/${policy.stack}/*`),
      )
      .map(({ action, resource }) => [
        action,
        resolve(policy, at(resource, 'Fn::GetAtt', 0) ? resource : undefined)?.id ??
          render(policy, resource),
      ]);

    const expected = othersOf[name](`motion-mavericks-${stage.stage}-webhooks`);
    expect(others).toHaveLength(expected.length);
    expect(others).toEqual(expect.arrayContaining([...expected]));
  },
);

/** Permissions of a policy besides its commands. */
const othersOf: Readonly<
  Record<(typeof policyNames)[number], (stackName: string) => readonly unknown[]>
> = {
  look: (stackName) => {
    const stack = expect.stringMatching(new RegExp(`:stack/${stackName}/\\*$`));
    return [
      ['cloudformation:ListStackResources', stack],
      ['logs:FilterLogEvents', expect.stringMatching(new RegExp(`:log-group:${stackName}-\\*$`))],
      ['cloudwatch:GetMetricData', '*'],
      ['lambda:InvokeFunction', expect.stringMatching(/^OperationsEventsWidget/)],
    ];
  },
  operate: () => [['lambda:InvokeFunction', expect.stringMatching(/^OperationsReplayWidget/)]],
  secrets: () => [],
  privacy: () => [],
};

// IAM's limit for a managed policy, without white space.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MAX_POLICY_CHARACTERS = 6_144;

test.each(cases)('$stage.stage: the policy $policy is below the limit of IAM', (one) => {
  const policy = policyOf(one.stage, policyOutput(one.policy));
  const document = list(at(policy.Properties, 'PolicyDocument', 'Statement')).map((statement) => ({
    ...(statement as object),
    Resource: list(at(statement, 'Resource')).map((resource) => render(policy, resource)),
  }));

  expect(JSON.stringify(document).length).toBeLessThan(MAX_POLICY_CHARACTERS);
});

test('a command that changes something is in no policy that only reads', () => {
  const changing = commandNames.filter((name) => commandOf(name).changes);

  expect(changing.length).toBeGreaterThan(5);
  expect(changing.filter((name) => commandOf(name).policy === 'look')).toEqual([]);
});

test('every policy contains commands, and every command has one policy', () => {
  expect(new Set(commandNames.map((name) => commandOf(name).policy))).toEqual(new Set(policyNames));
});
