import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { UserError } from '../../../local/user-error.ts';
import { readCredentials } from '../credentials.ts';
import { stackNameOf } from '../stages.ts';
import { type LogLine, type LogSource, typedName } from './log-source.ts';

/** Functions that call AWS. */
export interface StageLogsPorts {
  /** Maps the logical ids of the stack's log groups to their names. */
  readonly listLogGroups: () => Promise<ReadonlyMap<string, string>>;
  /** Reads the events of a log group since a time in milliseconds, oldest first. */
  readonly filterEvents: (group: string, startTime: number) => Promise<readonly StageLogEvent[]>;
}

export interface StageLogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

/** CloudWatch Logs makes events visible after up to some seconds, and not in their order. */
const OVERLAP_MS = 30_000;

/** Reads the log groups of a stage with the operator's own identity. */
export function makeStageLogs({ listLogGroups, filterEvents }: StageLogsPorts): LogSource {
  let groups: ReadonlyMap<string, string> | undefined;
  let group = '';
  let latest = 0;
  let seen = new Set<string>();
  const findGroups = async () => {
    groups ??= new Map(
      [...(await listLogGroups())].flatMap(([id, name]) => {
        const label = labelOf(id);
        return label === undefined ? [] : [[typedName(label), name] as const];
      }),
    );
    return groups;
  };

  async function readSince(startTime: number): Promise<readonly LogLine[]> {
    const events = await filterEvents(group, startTime);
    const fresh = events.filter(({ id }) => !seen.has(id));
    seen = new Set(events.map(({ id }) => id));
    latest = Math.max(latest, ...events.map(({ timestamp }) => timestamp));
    return fresh.map(({ timestamp, message }) => ({
      at: new Date(timestamp),
      text: message.trimEnd(),
    }));
  }

  return {
    functions: async () => [...(await findGroups()).keys()].sort(),
    async read(functionName, since) {
      group = (await findGroups()).get(functionName) ?? '';
      latest = since.getTime();
      return readSince(latest);
    },
    readNew: () => readSince(latest - OVERLAP_MS),
  };
}

/** `MuxProcessorLog0E6B8564` is the log group of `MuxProcessor`; others belong to no function. */
const labelOf = (logicalId: string): string | undefined =>
  /^(.+)Log[0-9A-F]{8}$/.exec(logicalId)?.[1];

/** Opens the logs of a deployed stage. */
export async function openStageLogs(stage: string, region: string): Promise<LogSource> {
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
  const options = { region, credentials: readCredentials() };
  const stacks = new CloudFormationClient(options);
  const logs = new CloudWatchLogsClient(options);
  return makeStageLogs({
    listLogGroups: () => explain(() => listLogGroups(stacks, stackNameOf(stage))),
    filterEvents: (group, startTime) => explain(() => filterEvents(logs, group, startTime)),
  });
}

async function listLogGroups(
  client: CloudFormationClient,
  StackName: string,
): Promise<ReadonlyMap<string, string>> {
  const { paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const groups = new Map<string, string>();
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName },
  ))
    for (const { ResourceType, LogicalResourceId, PhysicalResourceId } of StackResourceSummaries)
      if (ResourceType === 'AWS::Logs::LogGroup')
        groups.set(LogicalResourceId ?? '', PhysicalResourceId ?? '');
  return groups;
}

async function filterEvents(
  client: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
): Promise<readonly StageLogEvent[]> {
  const { paginateFilterLogEvents } = await import('@aws-sdk/client-cloudwatch-logs');
  const found: StageLogEvent[] = [];
  for await (const { events = [] } of paginateFilterLogEvents(
    { client },
    { logGroupName, startTime },
  ))
    for (const { eventId: id = '', timestamp = 0, message = '' } of events)
      found.push({ id, timestamp, message });
  return found.toSorted((one, other) => one.timestamp - other.timestamp);
}

async function explain<Value>(call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { name, message } = error as Error;
    const remedy = /AccessDenied|NotAuthorized/.test(name)
      ? ' Attach the policy of the stack output LookPolicyArn to your identity.'
      : '';
    throw new UserError(`AWS did not answer: ${message}.${remedy}`, { cause: error });
  }
}
