import { expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DeployRoleStack } from '../../lib/pipeline/deploy-role-stack.ts';
import { readRepository } from '../../lib/pipeline/repository.ts';

const repository = 'motion-mavericks/webhooks';
const stack = new DeployRoleStack(new App(), 'role', {
  stage: 'prod',
  repository,
  env: { account: '111122223333', region: 'ap-southeast-2' },
});
const template = Template.fromStack(stack);
const [role] = Object.values(template.findResources('AWS::IAM::Role')).map(
  ({ Properties }) => Properties,
);

type Claims = Readonly<Record<string, string>>;

/**
 * Evaluates a trust policy as AWS does for conditions of the type StringEquals.
 * @throws for any other condition, so that the test cannot pass by ignoring it.
 */
function isTrusted(claims: Claims): boolean {
  const statements = role?.['AssumeRolePolicyDocument'].Statement as readonly {
    Effect: string;
    Action: string;
    Condition: Readonly<Record<string, Claims>>;
  }[];
  expect(statements).toHaveLength(1);
  return statements.every(({ Effect, Action, Condition }) => {
    expect([Effect, Action]).toEqual(['Allow', 'sts:AssumeRoleWithWebIdentity']);
    const { StringEquals, ...others } = Condition;
    if (Object.keys(others).length > 0)
      throw new Error(`Unknown conditions: ${Object.keys(others)}`);
    const expected = Object.entries(StringEquals ?? {});
    expect(expected.length).toBeGreaterThan(0);
    return expected.every(([key, value]) => claims[key.split(':')[1] ?? ''] === value);
  });
}

const genuine = { aud: 'sts.amazonaws.com', sub: `repo:${repository}:environment:prod` };

test('trusts a job of the environment', () => {
  expect(isTrusted(genuine)).toBe(true);
});

test.each<[string, Claims]>([
  ['another environment', { sub: `repo:${repository}:environment:dev` }],
  ['an environment whose name begins so', { sub: `repo:${repository}:environment:prod-2` }],
  ['a branch', { sub: `repo:${repository}:ref:refs/heads/main` }],
  [
    'a branch that is named like the environment',
    { sub: `repo:${repository}:ref:environment:prod` },
  ],
  ['a pull request', { sub: `repo:${repository}:pull_request` }],
  ['a fork', { sub: 'repo:somebody/webhooks:environment:prod' }],
  ['a repository whose name begins so', { sub: `repo:${repository}-2:environment:prod` }],
  ['an owner whose name ends so', { sub: `repo:not-${repository}:environment:prod` }],
  ['other capitals', { sub: `repo:${repository.toUpperCase()}:environment:prod` }],
  ['another audience', { aud: 'https://github.com/motion-mavericks' }],
  ['no subject', { sub: '' }],
  ['a literal pattern', { sub: 'repo:*:environment:prod' }],
])('refuses a token of %s', (_, forged) => {
  expect(isTrusted({ ...genuine, ...forged })).toBe(false);
});

test('may assume the roles of cdk bootstrap and run the smoke test, nothing else', () => {
  const policies: readonly { PolicyDocument: { Statement: readonly { Action: string }[] } }[] =
    role?.['Policies'] ?? [];
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

  expect(role?.['ManagedPolicyArns']).toBeUndefined();
  expect(statements.map(({ Action }) => Action)).toEqual([
    'sts:AssumeRole',
    'execute-api:Invoke',
    'cloudformation:DescribeStacks',
  ]);
  const granted = JSON.stringify(statements);
  for (const text of [
    'role/cdk-hnb659fds-deploy-role-111122223333-ap-southeast-2',
    'POST/api/v1/operations/smoke/sign',
    'stack/motion-mavericks-prod-webhooks/*',
  ])
    expect(granted).toContain(text);
  expect(granted).not.toContain('"Resource":"*"');
});

test.each([
  undefined,
  '',
  'motion-mavericks',
  'motion-mavericks/*',
  '*/webhooks',
  'a/b/c',
  'a/b:c',
])('refuses the repository %p', (given) => {
  expect(() => readRepository({ tryGetContext: () => given })).toThrow('owner/name');
});

test('reads the repository from the context', () => {
  expect(readRepository({ tryGetContext: () => repository })).toBe(repository);
});
