import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type PinnedOptions, requireLoopback } from './loopback.ts';

/** State of a stack: undefined if it does not exist. */
export interface EmulatedStack {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Account of the emulator, as an operator of a stage uses it. */
export interface EmulatedAccount {
  createSecret(name: string, value: string): Promise<void>;
  putSecret(name: string, value: string): Promise<void>;
  readStack(name: string): Promise<EmulatedStack | undefined>;
  /** Begins to delete a stack. */
  deleteStack(name: string): Promise<void>;
  /** Batch sizes of the consumers of the queues. */
  readBatchSizes(): Promise<readonly number[]>;
}

export function openAccount({ endpoint, account, region }: PinnedOptions): EmulatedAccount {
  const options = {
    endpoint: requireLoopback(endpoint),
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'emulated' },
  };
  const secrets = new SecretsManagerClient(options);
  const stacks = new CloudFormationClient(options);
  const lambda = new LambdaClient(options);
  return {
    async createSecret(Name, SecretString) {
      await secrets.send(new CreateSecretCommand({ Name, SecretString }));
    },
    async putSecret(SecretId, SecretString) {
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
    },
    readStack: (name) => readStack(stacks, name),
    async deleteStack(StackName) {
      await stacks.send(new DeleteStackCommand({ StackName }));
    },
    async readBatchSizes() {
      const { EventSourceMappings = [] } = await lambda.send(
        new ListEventSourceMappingsCommand({}),
      );
      return EventSourceMappings.map(({ BatchSize = 0 }) => BatchSize);
    },
  };
}

async function readStack(
  client: CloudFormationClient,
  StackName: string,
): Promise<EmulatedStack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const [stack] = Stacks;
    if (stack === undefined || stack.StackStatus === 'DELETE_COMPLETE') return undefined;
    const outputs = (stack.Outputs ?? []).map(
      ({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const,
    );
    return { status: stack.StackStatus ?? 'unknown', outputs: Object.fromEntries(outputs) };
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}
