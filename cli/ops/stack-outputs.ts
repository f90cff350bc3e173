import { UserError } from '../../local/user-error.ts';
import { readCredentials } from './credentials.ts';
import { stackNameOf } from './stages.ts';

/**
 * Reads the outputs of a deployed stack. A file of the last deploy would lack other stages.
 *
 * @throws a UserError if the stack does not exist or may not be read.
 */
export async function readStackOutputs(
  stage: string,
  region: string,
): Promise<Readonly<Record<string, string>>> {
  // Loads the client only here: it takes 100 ms, and most commands do not need it.
  const { CloudFormationClient, DescribeStacksCommand } = await import(
    '@aws-sdk/client-cloudformation'
  );
  const client = new CloudFormationClient({ region, credentials: readCredentials() });
  const StackName = stackNameOf(stage);
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const outputs = Stacks[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `The stack ${StackName} in ${region} cannot be read: ${reason}. ` +
        'Deploy the stage, or give --api-url with its output ApiUrl.',
      { cause: error },
    );
  }
}
