import { expect, test } from '@jest/globals';
import { portalOperationEntry, portalOperations } from '../../lambdas/catalog/portal-api.ts';
import { neededBy } from './support/needed-permissions.ts';
import { functions } from './support/our-functions.ts';
import { at, entryOf, list, render, resolve } from './support/references.ts';
import { every, type Resource, resources, stages } from './support/stages.ts';

interface Statement {
  readonly owner: Resource;
  readonly effect: unknown;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const statementsOf = (owner: Resource, document: unknown): Statement[] =>
  list(at(document, 'Statement')).map((statement) => ({
    owner,
    effect: at(statement, 'Effect'),
    actions: list(at(statement, 'Action')).map(String),
    resources: list(at(statement, 'Resource')).map((target) => render(owner, target)),
  }));

const roles = every('AWS::IAM::Role');
const attached = every('AWS::IAM::Policy').flatMap((policy) =>
  list(policy.Properties['Roles']).flatMap((role) =>
    statementsOf(policy, policy.Properties['PolicyDocument']).map((statement) => ({
      ...statement,
      role: resolve(policy, role),
    })),
  ),
);
const inline = roles.flatMap((role) =>
  list(role.Properties['Policies']).flatMap((policy) =>
    statementsOf(role, at(policy, 'PolicyDocument')).map((statement) => ({ ...statement, role })),
  ),
);
const onResources = resources
  .filter(({ Type }) => Type !== 'AWS::IAM::Policy')
  .flatMap((owner) =>
    statementsOf(owner, owner.Properties['PolicyDocument'] ?? owner.Properties['KeyPolicy']),
  )
  .map((statement) => ({ ...statement, role: undefined }));
const allowed = [...attached, ...inline, ...onResources].filter(({ effect }) => effect !== 'Deny');

/** Permissions that may contain a wildcard, each with the reason. */
const wildcards = [
  {
    pattern: new RegExp(
      '^secretsmanager:GetSecretValue on ' +
        String.raw`arn:aws:secretsmanager:[^*?]+:secret:[^*?]+/database-\?{6}$`,
    ),
    reason: 'An operator creates this secret. Secrets Manager adds random characters to its ARN.',
  },
  {
    pattern: /^lambda:InvokeFunction on <MigrationsMigrate\w+>:\*$/,
    reason: "CDK's trigger invokes the version of the migrations that a deploy has just created.",
  },
  {
    pattern: new RegExp(
      String.raw`^s3:(PutObject|GetObject|GetObjectVersion) on <\w*EvidenceBucket\w+>` +
        String.raw`/residency/\?{4}-\?\?-\?\?/report\.(json|csv|html|pdf|sig)$`,
    ),
    reason: 'The evidence of each week has its own folder, and existing evidence is locked.',
  },
  {
    pattern: new RegExp(
      String.raw`^s3:(PutObject|GetObject|GetObjectVersion) on <\w*EvidenceBucket\w+>` +
        String.raw`/audit/\?{4}-\?\?/head-\?{10}\.json$`,
    ),
    reason: 'Each signed head of the audit log has its own key, and existing heads are locked.',
  },
  {
    pattern: /^s3:PutObject on <AuditTrailBucket\w+>\/AWSLogs\/<AWS::AccountId>\/\*$/,
    reason: 'CloudTrail chooses the names of its files. Only the trail of the stage may write.',
  },
  {
    pattern: /^cloudwatch:GetMetricData on \*$/,
    reason: 'GetMetricData supports no resource and no condition key.',
  },
  {
    pattern: /^cloudwatch:DescribeAlarms on arn:aws:cloudwatch:[^*?]+:alarm:\*$/,
    reason: 'CodeDeploy reads its alarms. AWS documents no limit to single alarms.',
  },
  {
    pattern: /^ec2:\w+ on \*$/,
    reason:
      'Lambda needs these for a function in a network. A deny excludes the code of the function.',
  },
  {
    pattern:
      /^cloudformation:(DescribeStacks|ListStackResources) on [^*?]+:stack\/[\w-]+-webhooks\/\*$/,
    reason: 'CloudFormation adds a random id to the ARN of a stack.',
  },
  {
    pattern: /^logs:FilterLogEvents on arn:aws:logs:[^*?]+:log-group:[\w-]+-webhooks-\*$/,
    reason: 'CloudFormation adds a random text to the names of log groups.',
  },
  {
    pattern: /^kms:[\w*]+ on \*$/,
    reason: 'In a key policy, * means that key. Without kms:* for the account the policy is final.',
  },
];

test('no permission contains an unlisted wildcard', () => {
  const wide = allowed.flatMap(({ actions, resources: targets }) =>
    actions.flatMap((action) =>
      targets
        .map((target) => `${action} on ${target}`)
        .filter((grant) => /[*?]/.test(grant) && !isListed(grant)),
    ),
  );

  expect(allowed.length).toBeGreaterThan(functions.length);
  expect(wide).toEqual([]);
});

test('no statement uses NotAction, NotResource or NotPrincipal', () => {
  const documents = JSON.stringify(resources.map(({ Properties }) => Properties));

  expect(documents).not.toMatch(/"Not(Action|Resource|Principal)"/);
});

test.each(wildcards)('a permission still needs the wildcard $pattern: $reason', ({ pattern }) => {
  const grants = allowed.flatMap(({ actions, resources: targets }) =>
    targets.map((target) => `${actions[0]} on ${target}`),
  );

  expect(grants.some((grant) => pattern.test(grant))).toBe(true);
});

test.each(roles)('$stack: $id has no AWS managed policy', ({ Properties }) => {
  expect(Properties['ManagedPolicyArns'] ?? []).toEqual([]);
});

test.each(functions)(
  '$stack: $id has exactly the permissions that its environment and its events need',
  (lambda) => {
    const role = resolve(lambda, lambda.Properties['Role']);
    const granted = allowed
      .filter((statement) => statement.role === role)
      .flatMap(({ actions, resources: targets }) =>
        actions.flatMap((action) => targets.map((target) => `${action} ${target}`)),
      );

    expect(granted.sort()).toEqual([...new Set(neededBy(lambda))].sort());
  },
);

test.each(functions.filter((lambda) => entryOf(lambda)?.endsWith('/verify.handler.ts')))(
  '$stack: $id has access to its queue and its signing secret only, never to the database',
  (verifier) => {
    const { stage } = verifier.stage;
    const provider = entryOf(verifier)?.split('/')[1];
    const variables = at(verifier.Properties, 'Environment', 'Variables');

    expect(Object.keys(variables ?? {}).sort()).toEqual([
      'METRICS_NAMESPACE',
      'QUEUE_URL',
      'SIGNING_SECRET_ID',
    ]);
    expect(at(variables, 'SIGNING_SECRET_ID')).toBe(
      `motion-mavericks/${stage}/${provider}/webhook-signing-secret`,
    );
    const queue = resolve(verifier, at(variables, 'QUEUE_URL'));
    expect(queue && render(queue, queue.Properties['QueueName'])).toBe(
      `motion-mavericks-${stage}-<part of AWS::StackId>-${provider}-deliveries`,
    );
    expect(neededBy(verifier).join()).not.toContain('database');
  },
);

test.each(stages)('$stage: only the portal API reads the secret of its responses', (stage) => {
  const ofStage = functions.filter((lambda) => lambda.stage === stage);
  const secret = every('AWS::SecretsManager::Secret').find(
    ({ stage: own, Properties }) =>
      own === stage && String(Properties['Name']).endsWith('/portal-api/response-secret'),
  );
  const readers = ofStage.filter((lambda) =>
    allowed.some(
      ({ role, actions, resources: targets }) =>
        role === resolve(lambda, lambda.Properties['Role']) &&
        actions.some((action) => action.endsWith('Value')) &&
        targets.includes(`<${secret?.id}>`),
    ),
  );

  expect(readers.map(entryOf).sort()).toEqual(
    portalOperations.map((operation) => portalOperationEntry(operation)).sort(),
  );
});

// API Gateway invokes it by the resource policy, which api.test.ts compares with the routes.
test('no role and no managed policy may invoke the operations function', () => {
  const invoked = allowed
    .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
    .flatMap(({ resources: targets }) => targets);

  const operations = functions
    .filter((lambda) => entryOf(lambda) === 'operations/operations.handler.ts')
    .map(({ id }) => `<${id}>`);

  expect(operations).not.toEqual([]);
  expect(invoked.length).toBeGreaterThan(functions.length / 2);
  expect(invoked.filter((target) => operations.some((id) => target.includes(id)))).toEqual([]);
});

function isListed(grant: string): boolean {
  return wildcards.some(({ pattern }) => pattern.test(grant));
}
