import { at, render, resolve } from './references.ts';
import { every, type Resource, resources } from './stages.ts';

/**
 * Derives the permissions of a function from its environment variables, its event sources and its
 * failure destination. Each permission is written `action resource`.
 */
export function neededBy(lambda: Resource): string[] {
  const logGroup = render(lambda, at(lambda.Properties, 'LoggingConfig', 'LogGroup'));
  const variables = Object.entries(at(lambda.Properties, 'Environment', 'Variables') ?? {});
  const isInNetwork = 'VpcConfig' in lambda.Properties;
  return [
    `logs:CreateLogStream ${logGroup}`,
    `logs:PutLogEvents ${logGroup}`,
    ...(isInNetwork ? networkActions.map((action) => `ec2:${action} *`) : []),
    ...variables.flatMap(([name, value]) => neededFor(lambda, name, value)),
    ...every('AWS::Lambda::EventSourceMapping')
      .filter((mapping) => resolve(mapping, mapping.Properties['FunctionName']) === lambda)
      .map((mapping) => render(mapping, mapping.Properties['EventSourceArn']))
      .flatMap((queue) => onQueue(receiveActions, queue)),
    ...every('AWS::Lambda::EventInvokeConfig')
      .filter((config) => resolve(config, config.Properties['FunctionName']) === lambda)
      // Jobs that run again soon keep no failed run.
      .filter((config) => at(config.Properties, ...failureDestination) !== undefined)
      .map((config) => render(config, at(config.Properties, ...failureDestination)))
      .flatMap((queue) => onQueue(destinationActions, queue)),
  ];
}

const networkActions = [
  'AssignPrivateIpAddresses',
  'CreateNetworkInterface',
  'DeleteNetworkInterface',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'UnassignPrivateIpAddresses',
];
const failureDestination = ['DestinationConfig', 'OnFailure', 'Destination'];
const receiveActions = [
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ReceiveMessage',
];
const destinationActions = ['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'];
const rotationActions = [
  'ListSecretVersionIds',
  'GetSecretValue',
  'PutSecretValue',
  'UpdateSecretVersionStage',
];

const onQueue = (actions: readonly string[], queue: string) =>
  actions.map((action) => `sqs:${action} ${queue}`);

function neededFor(lambda: Resource, variable: string, value: unknown): string[] {
  if (variable === 'EVENT_BUS_NAME') return [`events:PutEvents ${render(lambda, value)}`];
  if (variable === 'EVIDENCE_BUCKET')
    return [
      ...neededToReadEvidence(render(lambda, value)),
      ...onEvidence(['PutObject'], render(lambda, value)),
    ];
  if (variable === 'READABLE_EVIDENCE_BUCKET')
    return [
      ...neededToReadEvidence(render(lambda, value)),
      ...onHeads(['GetObject', 'GetObjectVersion'], render(lambda, value)),
    ];
  if (variable === 'AUDIT_BUCKET')
    return [
      ...neededToList(render(lambda, value)),
      ...onHeads(['GetObject', 'GetObjectVersion', 'PutObject'], render(lambda, value)),
    ];
  if (variable === 'EVIDENCE_SIGNING_KEY_ID')
    return ['Sign', 'GetPublicKey'].map((action) => `kms:${action} ${render(lambda, value)}`);
  if (variable === 'EVIDENCE_PUBLIC_KEY_ID') return [`kms:GetPublicKey ${render(lambda, value)}`];
  // Processors and the sender return copies to the queue that they receive from.
  if (variable === 'QUEUE_URL' || variable === 'REQUESTS_QUEUE_URL')
    return [`sqs:SendMessage ${render(lambda, value)}`];
  if (variable === 'RECOVERY_QUEUES')
    return Object.values(JSON.parse(render(lambda, value))).map((url) => `sqs:SendMessage ${url}`);
  if (variable === 'RECONCILIATION_KEYS' || variable === 'WEBHOOKS_KEYS')
    return Object.values(JSON.parse(String(value))).map(
      (name) => `secretsmanager:GetSecretValue ${secretArn(lambda, name)}`,
    );
  if (variable === 'DELIVERY_QUEUES') return neededToRedrive(JSON.parse(render(lambda, value)));
  if (variable === 'OPERATOR_COMMANDS')
    return Object.values<string>(JSON.parse(render(lambda, value))).map(
      (url) => `execute-api:Invoke ${executeApiArn(lambda, url)}`,
    );
  if (variable === 'WATCHED_SECRETS' || variable === 'GENERATED_SECRETS')
    return Object.values(JSON.parse(String(value))).map(
      (name) => `secretsmanager:ListSecretVersionIds ${secretArn(lambda, name)}`,
    );
  if (variable === 'ROTATED_SECRETS')
    return neededToRotate(lambda, Object.values(JSON.parse(String(value))));
  if (variable.endsWith('_FUNCTIONS')) {
    const functionNames = Object.values(JSON.parse(render(lambda, value)));
    return functionNames.map((name) => `lambda:InvokeFunction ${name}`);
  }
  return variable.endsWith('_SECRET_ID')
    ? [`secretsmanager:GetSecretValue ${secretArn(lambda, value)}`]
    : [];
}

const neededToList = (bucket: string) => [
  `s3:ListBucket ${bucket}`,
  `s3:ListBucketVersions ${bucket}`,
];

const neededToReadEvidence = (bucket: string) => [
  ...neededToList(bucket),
  ...onEvidence(['GetObject', 'GetObjectVersion'], bucket),
];

/** Turns the URL of a route into the ARN that IAM compares. */
function executeApiArn({ stage }: Resource, url: string): string {
  const [, api, path] = /^<(\w+)>(\/.+)$/.exec(url) ?? [];
  const { region } = stage.config;
  return `arn:aws:execute-api:${region}:<AWS::AccountId>:<${api}>/$default/POST${path}`;
}

const onEvidence = (actions: readonly string[], bucket: string) =>
  ['json', 'csv', 'html', 'pdf', 'sig'].flatMap((format) =>
    actions.map((action) => `s3:${action} ${bucket}/residency/????-??-??/report.${format}`),
  );

const onHeads = (actions: readonly string[], bucket: string) =>
  actions.map((action) => `s3:${action} ${bucket}/audit/????-??/head-??????????.json`);

const neededToRotate = (lambda: Resource, secrets: readonly unknown[]) => [
  'cloudwatch:GetMetricData *',
  ...secrets.flatMap((name) =>
    rotationActions.map((action) => `secretsmanager:${action} ${secretArn(lambda, name)}`),
  ),
];

function neededToRedrive(
  queues: Readonly<Record<string, { deliveries: string; deadLetters: string }>>,
): string[] {
  return Object.values(queues).flatMap(({ deliveries, deadLetters }) => [
    ...onQueue(['SendMessage', 'GetQueueAttributes'], deliveries),
    ...onQueue(
      ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'],
      deadLetters,
    ),
  ]);
}

function secretArn({ stage }: Resource, name: unknown): string {
  const secret = resources.find(
    (resource) => resource.stage === stage && resource.Properties['Name'] === name,
  );
  if (secret === undefined)
    return `arn:aws:secretsmanager:${stage.config.region}:<AWS::AccountId>:secret:${name}-??????`;
  // CDK refers to Aurora's secret by its attachment, so that readers wait for the connection
  // details.
  const attachment = resources.find(
    (resource) => resolve(resource, resource.Properties['SecretId']) === secret,
  );
  return `<${(attachment ?? secret).id}>`;
}
