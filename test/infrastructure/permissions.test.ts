import { expect, test } from '@jest/globals';
import { functions, isOfCdk } from './support/our-functions.ts';
import { at, entryOf, list, render, resolve } from './support/references.ts';
import { every, type Resource, resources } from './support/stages.ts';

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
    resources: list(at(statement, 'Resource')).map((one) => render(owner, one)),
  }));

const roles = every('AWS::IAM::Role');
const attached = every('AWS::IAM::Policy').flatMap((policy) =>
  list(policy.Properties['Roles']).flatMap((role) =>
    statementsOf(policy, policy.Properties['PolicyDocument']).map((one) => ({
      ...one,
      role: resolve(policy, role),
    })),
  ),
);
const inline = roles.flatMap((role) =>
  list(role.Properties['Policies']).flatMap((policy) =>
    statementsOf(role, at(policy, 'PolicyDocument')).map((one) => ({ ...one, role })),
  ),
);
const onResources = resources
  .filter(({ Type }) => Type !== 'AWS::IAM::Policy')
  .flatMap((one) =>
    statementsOf(one, one.Properties['PolicyDocument'] ?? one.Properties['KeyPolicy']),
  )
  .map((one) => ({ ...one, role: undefined }));
const allowed = [...attached, ...inline, ...onResources].filter(({ effect }) => effect !== 'Deny');

/** What may be wider than one name, and why. */
const wildcards = [
  {
    pattern:
      /^secretsmanager:GetSecretValue on arn:aws:secretsmanager:[^*?]+:secret:[^*?]+\/database-\?{6}$/,
    reason:
      'The operator makes this secret; Secrets Manager ends its ARN with six characters that nobody can know.',
  },
  {
    pattern: /^lambda:InvokeFunction on <MigrationsMigrate\w+>:\*$/,
    reason: "CDK's own trigger invokes the version of the migrations that a deploy has just made.",
  },
  {
    pattern:
      /^s3:(PutObject|GetObject|GetObjectVersion) on <\w*EvidenceBucket\w+>\/residency\/\?{4}-\?\?-\?\?\/report\.(json|csv|html)$/,
    reason:
      'The evidence of each week has a folder of its own; what is there is locked, whoever may add to it or read it.',
  },
  {
    pattern: /^cloudwatch:GetMetricData on \*$/,
    reason: 'CloudWatch knows no resource and no condition for reading metrics.',
  },
  {
    pattern: /^cloudwatch:DescribeAlarms on arn:aws:cloudwatch:[^*?]+:alarm:\*$/,
    reason:
      'CodeDeploy asks for the state of its alarms; whether CloudWatch heeds single names is not documented.',
  },
  {
    pattern: /^ec2:\w+ on \*$/,
    reason:
      'Lambda asks for these where a function is in a network, and they are denied to the code of the function.',
  },
  {
    pattern: /^kms:[\w*]+ on \*$/,
    reason:
      'In the policy of a key, * is that key; without kms:* for the account nobody could change the policy again.',
  },
];

test('no statement allows more than it can name, but for what is listed here', () => {
  const wide = allowed.flatMap(({ actions, resources: targets }) =>
    actions.flatMap((action) =>
      targets
        .map((one) => `${action} on ${one}`)
        .filter((grant) => /[*?]/.test(grant) && !isListed(grant)),
    ),
  );

  expect(allowed.length).toBeGreaterThan(functions.length);
  expect(wide).toEqual([]);
});

test('no statement allows by naming what it does not allow', () => {
  const documents = JSON.stringify(resources.map(({ Properties }) => Properties));

  expect(documents).not.toMatch(/"Not(Action|Resource|Principal)"/);
});

test.each(wildcards)('$pattern is still needed: $reason', ({ pattern }) => {
  const grants = allowed.flatMap(({ actions, resources: targets }) =>
    targets.map((one) => `${actions[0]} on ${one}`),
  );

  expect(grants.some((grant) => pattern.test(grant))).toBe(true);
});

test.each(roles.filter((role) => !isOfCdk(role)))(
  '$stack: $id has no policy that AWS manages',
  ({ Properties }) => {
    expect(Properties['ManagedPolicyArns'] ?? []).toEqual([]);
  },
);

test.each(functions)(
  '$stack: $id may do what its environment and its events need, and nothing else',
  (one) => {
    const role = resolve(one, one.Properties['Role']);
    const granted = allowed
      .filter((statement) => statement.role === role)
      .flatMap(({ actions, resources: targets }) =>
        actions.flatMap((action) => targets.map((on) => `${action} ${on}`)),
      );

    expect(granted.sort()).toEqual([...new Set(neededBy(one))].sort());
  },
);

test.each(functions.filter((one) => entryOf(one)?.endsWith('/verify.handler.ts')))(
  '$stack: $id knows its queue and its signing secret, and never the database',
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
    expect(resolve(verifier, at(variables, 'QUEUE_URL'))?.Properties['QueueName']).toBe(
      `motion-mavericks-${stage}-${provider}-deliveries`,
    );
    expect(neededBy(verifier).join()).not.toContain('database');
  },
);

function isListed(grant: string): boolean {
  return wildcards.some(({ pattern }) => pattern.test(grant));
}

function neededBy(one: Resource): string[] {
  const logGroup = render(one, at(one.Properties, 'LoggingConfig', 'LogGroup'));
  const variables = Object.entries(at(one.Properties, 'Environment', 'Variables') ?? {});
  return [
    `logs:CreateLogStream ${logGroup}`,
    `logs:PutLogEvents ${logGroup}`,
    ...('VpcConfig' in one.Properties ? inANetwork.map((action) => `ec2:${action} *`) : []),
    ...variables.flatMap(([name, value]) => neededFor(one, name, value)),
    ...every('AWS::Lambda::EventSourceMapping')
      .filter((mapping) => resolve(mapping, mapping.Properties['FunctionName']) === one)
      .flatMap((mapping) =>
        grants(receiving, render(mapping, mapping.Properties['EventSourceArn'])),
      ),
    ...every('AWS::Lambda::EventInvokeConfig')
      .filter((config) => resolve(config, config.Properties['FunctionName']) === one)
      .flatMap((config) => grants(delivering, render(config, at(config.Properties, ...onFailure)))),
  ];
}

const inANetwork = [
  ...[
    'AssignPrivateIpAddresses',
    'CreateNetworkInterface',
    'DeleteNetworkInterface',
    'DescribeNetworkInterfaces',
  ],
  ...['DescribeSubnets', 'UnassignPrivateIpAddresses'],
];
const onFailure = ['DestinationConfig', 'OnFailure', 'Destination'];
const receiving = [
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ReceiveMessage',
];
const delivering = ['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'];
const grants = (actions: readonly string[], queue: string) =>
  actions.map((action) => `sqs:${action} ${queue}`);

function neededFor(one: Resource, variable: string, value: unknown): string[] {
  if (variable === 'EVENT_BUS_NAME') return [`events:PutEvents ${render(one, value)}`];
  if (variable === 'EVIDENCE_BUCKET') return neededToKeepEvidence(render(one, value));
  if (variable === 'READABLE_EVIDENCE_BUCKET') return neededToReadEvidence(render(one, value));
  if (variable === 'QUEUE_URL')
    return consumes(one, value) ? [] : [`sqs:SendMessage ${render(one, value)}`];
  if (variable === 'DELIVERY_QUEUES') return neededToRedrive(JSON.parse(render(one, value)));
  if (variable === 'WATCHED_SECRETS')
    return Object.values(JSON.parse(String(value))).map(
      (name) => `secretsmanager:ListSecretVersionIds ${secretNamed(one, name)}`,
    );
  if (variable === 'ROTATED_SECRETS')
    return neededToRotate(one, Object.values(JSON.parse(String(value))));
  if (variable.endsWith('_FUNCTIONS')) {
    const functionNames = Object.values(JSON.parse(render(one, value)));
    return functionNames.map((name) => `lambda:InvokeFunction ${name}`);
  }
  return variable.endsWith('_SECRET_ID')
    ? [`secretsmanager:GetSecretValue ${secretNamed(one, value)}`]
    : [];
}

const neededToKeepEvidence = (bucket: string) =>
  ['json', 'csv', 'html'].map(
    (format) => `s3:PutObject ${bucket}/residency/????-??-??/report.${format}`,
  );

const neededToReadEvidence = (bucket: string) =>
  ['json', 'csv', 'html'].flatMap((format) =>
    ['GetObject', 'GetObjectVersion'].map(
      (action) => `s3:${action} ${bucket}/residency/????-??-??/report.${format}`,
    ),
  );

const neededToRotate = (one: Resource, secrets: readonly unknown[]) => [
  'cloudwatch:GetMetricData *',
  ...secrets.flatMap((name) =>
    ['ListSecretVersionIds', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
      (action) => `secretsmanager:${action} ${secretNamed(one, name)}`,
    ),
  ),
];

/** Then it is told the URL to delay what it could not apply, which receiving includes. */
function consumes(one: Resource, queue: unknown): boolean {
  return every('AWS::Lambda::EventSourceMapping').some(
    (mapping) =>
      resolve(mapping, mapping.Properties['FunctionName']) === one &&
      resolve(mapping, mapping.Properties['EventSourceArn']) === resolve(one, queue),
  );
}

function neededToRedrive(
  queues: Readonly<Record<string, { deliveries: string; deadLetters: string }>>,
): string[] {
  return Object.values(queues).flatMap(({ deliveries, deadLetters }) => [
    ...grants(['SendMessage', 'GetQueueAttributes'], deliveries),
    ...grants(
      ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'],
      deadLetters,
    ),
  ]);
}

function secretNamed({ stage }: Resource, name: unknown): string {
  const secret = resources.find((one) => one.stage === stage && one.Properties['Name'] === name);
  // Aurora's is named by what attaches the cluster to it, so that nobody reads it before it leads anywhere.
  const attached = resources.find(
    (one) => secret && resolve(one, one.Properties['SecretId']) === secret,
  );
  if (secret) return `<${(attached ?? secret).id}>`;
  return `arn:aws:secretsmanager:${stage.config.region}:<AWS::AccountId>:secret:${name}-??????`;
}
