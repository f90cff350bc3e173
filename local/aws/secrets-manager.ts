import type { LocalSecret, LocalSecrets } from './secret-store.ts';

/** Result of an AWS operation: its output document, or the type and message of its error. */
export type AwsOperationResult =
  | { readonly output: object }
  | { readonly errorType: string; readonly message: string };

type Input = Readonly<Record<string, unknown>>;

/**
 * Implements the operations that functions call.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/
 */
export function makeSecretsManager(
  secrets: LocalSecrets,
): Readonly<Record<string, (input: Input) => AwsOperationResult>> {
  const withSecret =
    (operation: (secret: LocalSecret, input: Input) => AwsOperationResult) => (input: Input) => {
      const secret = secrets.find(String(input['SecretId']));
      return secret === undefined ? secretNotFound : operation(secret, input);
    };
  return {
    'secretsmanager.GetSecretValue': withSecret(getSecretValue),
    'secretsmanager.ListSecretVersionIds': withSecret((secret) => ({
      output: listVersions(secret),
    })),
    'secretsmanager.PutSecretValue': withSecret((secret, input) =>
      putSecretValue(secrets, secret, input),
    ),
    'secretsmanager.UpdateSecretVersionStage': withSecret((secret, input) =>
      updateVersionStage(secrets, secret, input),
    ),
  };
}

function getSecretValue({ arn, name, versions }: LocalSecret, input: Input): AwsOperationResult {
  const stage = String(input['VersionStage'] ?? 'AWSCURRENT');
  const version = versions[stage];
  if (version === undefined)
    return error(
      'ResourceNotFoundException',
      `Secrets Manager can't find a value for staging label: ${stage}`,
    );
  return {
    output: {
      ARN: arn,
      Name: name,
      VersionId: version.id,
      VersionStages: [stage],
      SecretString: version.value,
    },
  };
}

function listVersions({ arn, name, versions }: LocalSecret): object {
  const ids = [...new Set(Object.values(versions).map(({ id }) => id))];
  const Versions = ids.map((id) => {
    const stages = Object.entries(versions).filter(([, version]) => version.id === id);
    const createdAt = stages[0]?.[1].createdAt.getTime() ?? 0;
    return {
      VersionId: id,
      VersionStages: stages.map(([stage]) => stage),
      CreatedDate: createdAt / 1_000,
    };
  });
  return { ARN: arn, Name: name, Versions };
}

/** Stores a version. A repeated token returns that version, or an error if the value differs. */
function putSecretValue(
  secrets: LocalSecrets,
  { arn, name, versions }: LocalSecret,
  input: Input,
): AwsOperationResult {
  const token = String(input['ClientRequestToken']);
  const value = String(input['SecretString']);
  const stored = Object.values(versions).find(({ id }) => id === token);
  if (stored !== undefined && stored.value !== value)
    return error(
      'ResourceExistsException',
      'You can’t use ClientRequestToken again with another value.',
    );
  if (stored === undefined) secrets.put(name, value, token);
  return { output: { ARN: arn, Name: name, VersionId: token, VersionStages: ['AWSCURRENT'] } };
}

function updateVersionStage(
  secrets: LocalSecrets,
  { arn, name, versions }: LocalSecret,
  input: Input,
): AwsOperationResult {
  const { VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from } = input;
  const { AWSCURRENT: current, AWSPREVIOUS: previous } = versions;
  if (versions[String(stage)]?.id !== from)
    return error(
      'InvalidParameterException',
      'The staging label is not attached to RemoveFromVersionId.',
    );
  if (stage === 'AWSPREVIOUS' && to === undefined)
    secrets.setStages(name, { AWSCURRENT: current?.id });
  // The version that loses AWSCURRENT becomes AWSPREVIOUS, as in AWS.
  else if (stage === 'AWSCURRENT' && to === previous?.id)
    secrets.setStages(name, { AWSCURRENT: previous?.id, AWSPREVIOUS: current?.id });
  else
    return error(
      'InvalidParameterException',
      'Local mode does not support this move of a staging label.',
    );
  return { output: { ARN: arn, Name: name } };
}

const error = (errorType: string, message: string): AwsOperationResult => ({ errorType, message });

const secretNotFound = error(
  'ResourceNotFoundException',
  "Secrets Manager can't find the specified secret.",
);
