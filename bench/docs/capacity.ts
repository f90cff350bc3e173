/** What the benchmark measured, of a stage that is like its machine. */
export interface Costs {
  /** A warm delivery, from the first byte to the answer. */
  readonly verifierMs: number;
  /** Events a second of one processor, with a database 1 ms away. */
  readonly perProcessor: number;
  readonly processorCpuMicros: number;
  /** Of Postgres, for each event. */
  readonly postgresCpuMicros: number;
  readonly walKilobytes: number;
  /** Of verifier and processor together. */
  readonly logBytes: number;
}

/** What a stage of cdk.json allows. */
export interface StageLimits {
  readonly requestsPerSecond: number;
  readonly maxConcurrency: number;
  readonly batchSize: number;
  readonly maxAcus: number;
}

export interface Need {
  readonly eventsPerSecond: number;
  readonly verifiers: number;
  /** Each with one connection to Postgres. */
  readonly processors: number;
  readonly postgresCores: number;
  readonly walMegabytesPerSecond: number;
  readonly busInvocationsPerSecond: number;
}

export interface Bottleneck {
  readonly what: string;
  /** Events a second up to which it holds. */
  readonly holdsUpTo: number;
  readonly movedBy: string;
}

// Mux's news of one film: created, asset_created, ready. The last of the three publishes asset.ready and asks for a mail.
const PUBLISHED_PER_EVENT = 2 / 3;
const DELIVERED_PER_EVENT = 1 / 3;

// Sending to SQS from Lambda, within the region; the stand-in of the benchmark answers in well under one.
const QUEUE_MS = 10;

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const ACCOUNT_CONCURRENCY = 1_000;
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const ACCOUNT_REQUESTS = 10_000;
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html, ap-southeast-2
const BUS_INVOCATIONS = 2_250;
const BUS_REQUESTS = 1_200;
// An ACU has 2 GiB, and the classes that Aurora is compared with have 8 GiB for a core.
const CORES_PER_ACU = 0.25;

export function needAt(eventsPerSecond: number, costs: Costs): Need {
  return {
    eventsPerSecond,
    verifiers: (eventsPerSecond * (costs.verifierMs + QUEUE_MS)) / 1_000,
    processors: eventsPerSecond / costs.perProcessor,
    postgresCores: (eventsPerSecond * costs.postgresCpuMicros) / 1e6,
    walMegabytesPerSecond: (eventsPerSecond * costs.walKilobytes) / 1_000,
    busInvocationsPerSecond: eventsPerSecond * DELIVERED_PER_EVENT,
  };
}

/** The first to give way first. */
export function bottlenecks(costs: Costs, limits: StageLimits): readonly Bottleneck[] {
  const one = needAt(1, costs);
  return [
    {
      what: "the stage's throttle in API Gateway",
      holdsUpTo: limits.requestsPerSecond,
      movedBy: '`api.requestsPerSecond`',
    },
    {
      what: 'processors at work at once',
      holdsUpTo: limits.maxConcurrency * costs.perProcessor,
      movedBy: '`processor.maxConcurrency`, and then `processor.batchSize`',
    },
    {
      what: 'cores of Postgres (of Aurora at its largest)',
      holdsUpTo: (limits.maxAcus * CORES_PER_ACU) / one.postgresCores,
      movedBy: '`aurora.maxCapacity`; a larger instance outside',
    },
    {
      what: 'deliveries of EventBridge to mail and on-call, which it then delays',
      holdsUpTo: BUS_INVOCATIONS / one.busInvocationsPerSecond,
      movedBy: 'a quota of EventBridge',
    },
    {
      what: 'requests to EventBridge, one for each batch that publishes; what it refuses waits in the outbox',
      holdsUpTo: BUS_REQUESTS * limits.batchSize,
      movedBy: '`processor.batchSize`; a quota of EventBridge',
    },
    {
      what: 'Lambdas of the account at work at once',
      holdsUpTo: ACCOUNT_CONCURRENCY / (one.verifiers + one.processors),
      movedBy: 'a quota of Lambda',
    },
    {
      what: "requests to the account's HTTP APIs",
      holdsUpTo: ACCOUNT_REQUESTS,
      movedBy: 'a quota of API Gateway',
    },
  ].toSorted((first, second) => first.holdsUpTo - second.holdsUpTo);
}

/** List prices of us-east-1 in US dollars, without the free tier; Sydney asks a tenth to a third more. */
const prices = {
  millionHttpRequests: 1,
  millionInvocations: 0.2,
  gigabyteSecond: 0.000_013_333_4,
  millionQueueRequests: 0.4,
  millionBusEvents: 1,
  gigabyteOfLog: 0.5,
} as const;

const FUNCTION_GIGABYTES = 0.5;

/** Of a million events in US dollars, the dearest first; the database is not in it, which is paid by the hour. */
export function costPerMillion(
  costs: Costs,
  { batchSize }: StageLimits,
): readonly { what: string; dollars: number }[] {
  const duration = (ms: number) => ms * 1_000 * FUNCTION_GIGABYTES * prices.gigabyteSecond;
  return [
    { what: 'API Gateway', dollars: prices.millionHttpRequests },
    {
      what: 'verifiers',
      dollars: prices.millionInvocations + duration(costs.verifierMs + QUEUE_MS),
    },
    { what: 'SQS', dollars: prices.millionQueueRequests * (1 + 2 / batchSize) },
    {
      what: 'processors',
      dollars: prices.millionInvocations / batchSize + duration(1_000 / costs.perProcessor),
    },
    { what: 'EventBridge', dollars: prices.millionBusEvents * PUBLISHED_PER_EVENT },
    { what: 'CloudWatch Logs', dollars: (costs.logBytes / 1_000) * prices.gigabyteOfLog },
  ].toSorted((one, other) => other.dollars - one.dollars);
}
