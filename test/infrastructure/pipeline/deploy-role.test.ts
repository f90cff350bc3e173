import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DeployRoleStack } from '../../../lib/pipeline/deploy-role-stack.ts';
import { IdentityProviderStack } from '../../../lib/pipeline/identity-provider-stack.ts';
import { readRepository } from '../../../lib/pipeline/repository.ts';

const repository = 'motion-mavericks/webhooks';
const env = { account: '111122223333', region: 'ap-southeast-2' };
const stackOf = (stage: string) =>
  new DeployRoleStack(new App(), `${stage}-role`, { stage, repository, env });
const template = Template.fromStack(stackOf('prod'));
const roleOf = (id: string) =>
  Object.entries(template.findResources('AWS::IAM::Role')).find(([name]) =>
    name.startsWith(id),
  )?.[1]['Properties'];

/** Each role with the environment at GitHub that may assume it. */
const roles = [
  ['DeployRole', 'prod'],
  ['DriftRole', 'prod-drift'],
] as const;

type Claims = Readonly<Record<string, string>>;

/**
 * Evaluates a trust policy as AWS does for conditions of the type StringEquals.
 * @throws for any other condition, so that the test cannot pass by ignoring it.
 */
function isTrusted(role: string, claims: Claims): boolean {
  const statements = roleOf(role)?.['AssumeRolePolicyDocument'].Statement as readonly {
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

const genuine = (environment: string) => ({
  aud: 'sts.amazonaws.com',
  sub: `repo:${repository}:environment:${environment}`,
});

test.each(roles)('%s trusts a job of the environment %s', (role, environment) => {
  expect(isTrusted(role, genuine(environment))).toBe(true);
});

const forgedClaims = (environment: string): readonly (readonly [string, Claims])[] => [
  ['another environment', { sub: `repo:${repository}:environment:dev` }],
  [
    'an environment whose name begins so',
    { sub: `repo:${repository}:environment:${environment}-2` },
  ],
  ['a branch', { sub: `repo:${repository}:ref:refs/heads/main` }],
  [
    'a branch that is named like the environment',
    { sub: `repo:${repository}:ref:environment:${environment}` },
  ],
  ['a pull request', { sub: `repo:${repository}:pull_request` }],
  ['a fork', { sub: `repo:somebody/webhooks:environment:${environment}` }],
  ['a repository whose name begins so', { sub: `repo:${repository}-2:environment:${environment}` }],
  ['an owner whose name ends so', { sub: `repo:not-${repository}:environment:${environment}` }],
  ['other capitals', { sub: `repo:${repository.toUpperCase()}:environment:${environment}` }],
  ['another audience', { aud: 'https://github.com/motion-mavericks' }],
  ['no subject', { sub: '' }],
  ['a literal pattern', { sub: `repo:*:environment:${environment}` }],
];

test.each(
  roles.flatMap(([role, environment]) =>
    forgedClaims(environment).map(([what, claims]) => ({ role, environment, what, claims })),
  ),
)('$role rejects a token of $what', ({ role, environment, claims }) => {
  expect(isTrusted(role, { ...genuine(environment), ...claims })).toBe(false);
});

test('the environment of the drift check cannot deploy', () => {
  expect(isTrusted('DeployRole', genuine('prod-drift'))).toBe(false);
  const policies = JSON.stringify(roleOf('DriftRole')?.['Policies']);

  expect(policies).toContain('role/cdk-hnb659fds-lookup-role-111122223333-ap-southeast-2');
  expect(policies).not.toMatch(/-(deploy|file-publishing)-role-/);
  expect(policies.match(/"Action":"[^"]+"/g)).toEqual(['"Action":"sts:AssumeRole"']);
});

const providerType = 'AWS::IAM::OIDCProvider';
const providerOf = (stage: string) => {
  const [found] = Object.values(Template.fromStack(stackOf(stage)).findResources('AWS::IAM::Role'));
  return found?.['Properties'].AssumeRolePolicyDocument.Statement[0].Principal.Federated;
};

test('the roles of all stages of an account trust its one provider of tokens', () => {
  const provider = Template.fromStack(new IdentityProviderStack(new App(), 'identity', { env }));

  provider.resourceCountIs(providerType, 1);
  provider.hasResourceProperties(providerType, {
    Url: 'https://token.actions.githubusercontent.com',
    ClientIdList: ['sts.amazonaws.com'],
  });
  template.resourceCountIs(providerType, 0);
  expect(providerOf('dev')).toEqual(providerOf('prod'));
  expect(JSON.stringify(providerOf('prod'))).toContain(
    ':iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
  );
});

test('the stack of the provider does not belong to a stage', () => {
  const names = ['dev', 'prod'].map((stage) => {
    const outdir = mkdtempSync(join(tmpdir(), 'deploy-role-'));
    const context = JSON.stringify({ stage, repository });
    execFileSync(process.execPath, ['bin/deploy-role.ts'], {
      env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: context, NODE_OPTIONS: '' },
    });
    const files = readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
    rmSync(outdir, { recursive: true });
    return files.map((file) => file.replace('.template.json', ''));
  });

  expect(names).toEqual([
    ['motion-mavericks-dev-deploy-role', 'motion-mavericks-github-identity'],
    ['motion-mavericks-github-identity', 'motion-mavericks-prod-deploy-role'],
  ]);
});

test('may assume the roles of cdk bootstrap and run the smoke test, nothing else', () => {
  const policies: readonly { PolicyDocument: { Statement: readonly { Action: string }[] } }[] =
    roleOf('DeployRole')?.['Policies'] ?? [];
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

  expect(roleOf('DeployRole')?.['ManagedPolicyArns']).toBeUndefined();
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
])('rejects the repository %p', (given) => {
  expect(() => readRepository({ tryGetContext: () => given })).toThrow('owner/name');
});

test('reads the repository from the context', () => {
  expect(readRepository({ tryGetContext: () => repository })).toBe(repository);
});
