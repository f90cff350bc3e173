import type { LocalSecret, LocalSecrets } from './secret-store.ts';

/** What an operation of AWS answers: its document, or the type and the message of its refusal. */
export type AwsReply =
  | { readonly answer: object }
  | { readonly fault: string; readonly message: string };

type Input = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/, as far as functions use it. */
export function makeSecretsManager(
  secrets: LocalSecrets,
): Readonly<Record<string, (input: Input) => AwsReply>> {
  const onSecret = (operate: (secret: LocalSecret, input: Input) => AwsReply) => (input: Input) => {
    const secret = secrets.find(String(input['SecretId']));
    return secret === undefined ? unknown : operate(secret, input);
  };
  return {
    'secretsmanager.GetSecretValue': onSecret(readValue),
    'secretsmanager.ListSecretVersionIds': onSecret((secret) => ({ answer: listOf(secret) })),
    'secretsmanager.PutSecretValue': onSecret((secret, input) => store(secrets, secret, input)),
    'secretsmanager.UpdateSecretVersionStage': onSecret((secret, input) =>
      relabel(secrets, secret, input),
    ),
  };
}

function readValue({ arn, name, versions, labels }: LocalSecret, input: Input): AwsReply {
  const stage = String(input['VersionStage'] ?? 'AWSCURRENT');
  const value = versions[stage];
  const head = { ARN: arn, Name: name, VersionId: labels[stage]?.id, VersionStages: [stage] };
  return value === undefined
    ? refuse(
        'ResourceNotFoundException',
        `Secrets Manager can't find a value for staging label: ${stage}`,
      )
    : { answer: { ...head, SecretString: value } };
}

function listOf({ arn, name, labels }: LocalSecret): object {
  const ids = [...new Set(Object.values(labels).map(({ id }) => id))];
  const stagesOf = (id: string) =>
    Object.entries(labels).filter(([, version]) => version.id === id);
  const Versions = ids.map((id) => {
    const held = stagesOf(id);
    const createdAt = held[0]?.[1].createdAt.getTime() ?? 0;
    return {
      VersionId: id,
      VersionStages: held.map(([stage]) => stage),
      CreatedDate: createdAt / 1_000,
    };
  });
  return { ARN: arn, Name: name, Versions };
}

/** A token that was used is the same version again, or a fault where it comes with another value. */
function store(
  secrets: LocalSecrets,
  { arn, name, versions, labels }: LocalSecret,
  input: Input,
): AwsReply {
  const token = String(input['ClientRequestToken']);
  const value = String(input['SecretString']);
  const used = Object.entries(labels).find(([, { id }]) => id === token)?.[0];
  if (used !== undefined && versions[used] !== value)
    return refuse(
      'ResourceExistsException',
      'You can’t use ClientRequestToken again with another value.',
    );
  if (used === undefined) secrets.put(name, value, token);
  return { answer: { ARN: arn, Name: name, VersionId: token, VersionStages: ['AWSCURRENT'] } };
}

function relabel(
  secrets: LocalSecrets,
  { arn, name, labels }: LocalSecret,
  input: Input,
): AwsReply {
  const { VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from } = input;
  const holder = labels[String(stage)]?.id;
  const { AWSCURRENT: current, AWSPREVIOUS: previous } = labels;
  if (holder !== from)
    return refuse(
      'InvalidParameterException',
      'The label is not at the version to remove it from.',
    );
  if (stage === 'AWSPREVIOUS' && to === undefined)
    secrets.relabel(name, { AWSCURRENT: current?.id });
  // What loses AWSCURRENT is previous from then on.
  else if (stage === 'AWSCURRENT' && to === previous?.id)
    secrets.relabel(name, { AWSCURRENT: previous?.id, AWSPREVIOUS: current?.id });
  else return refuse('InvalidParameterException', 'Local mode does not move labels so.');
  return { answer: { ARN: arn, Name: name } };
}

const refuse = (fault: string, message: string): AwsReply => ({ fault, message });

const unknown = refuse(
  'ResourceNotFoundException',
  "Secrets Manager can't find the specified secret.",
);
