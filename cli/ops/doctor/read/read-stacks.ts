import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListImportsCommand,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { readCredentials } from '../../credentials.ts';
import type { RemovedExport, StackState } from '../checks/stack-checks.ts';

const open = (region: string) =>
  new CloudFormationClient({ region, credentials: readCredentials() });

async function describe(region: string, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await open(region).send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** @returns undefined if the stack does not exist. */
export async function readStack(region: string, name: string): Promise<StackState | undefined> {
  const stack = await describe(region, name);
  if (stack === undefined) return undefined;
  return {
    name,
    status: stack.StackStatus ?? 'unknown',
    isProtected: stack.EnableTerminationProtection ?? false,
    exports: (stack.Outputs ?? []).flatMap(({ ExportName }) => ExportName ?? []),
  };
}

/** @returns the version of the bootstrap stack, or undefined if it does not exist. */
export async function readBootstrapVersion(region: string): Promise<number | undefined> {
  const stack = await describe(region, 'CDKToolkit');
  const version = stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'BootstrapVersion');
  return stack && Number(version?.OutputValue ?? 0);
}

/** Returns the exports that a new version removes, with the stacks that use them. */
export function readRemovedExports(
  region: string,
  deployed: readonly string[],
  planned: readonly string[],
): Promise<readonly RemovedExport[]> {
  const client = open(region);
  return Promise.all(
    deployed
      .filter((name) => !planned.includes(name))
      .map(async (name) => {
        try {
          const { Imports = [] } = await client.send(new ListImportsCommand({ ExportName: name }));
          return { name, importedBy: Imports };
        } catch (error) {
          // CloudFormation reports an error for an export that no stack imports.
          if (error instanceof Error && /not imported/.test(error.message))
            return { name, importedBy: [] };
          throw error;
        }
      }),
  );
}

/**
 * Returns the physical ids of the stack's resources of one type. Reads page by page:
 * DescribeStackResources returns the first 100 resources only.
 */
export async function readPhysicalIds(
  region: string,
  StackName: string,
  type: string,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client: open(region) },
    { StackName },
  ))
    for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
      if (ResourceType === type && PhysicalResourceId !== undefined) ids.push(PhysicalResourceId);
  return ids;
}
