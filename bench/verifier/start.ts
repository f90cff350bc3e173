import { readFileSync, writeSync } from 'node:fs';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';

/** What one process is to do: load the bundle, handle the first delivery, and then, warm, the others. */
export interface StartTask {
  readonly file: string;
  readonly deliveries: readonly APIGatewayProxyEventV2[];
  /** Of the deliveries after the first: how many are not counted. */
  readonly warmUp: number;
}

export interface Started {
  readonly importMs: number;
  /** With the import: lazy loading only moves its cost into the first delivery. */
  readonly acceptedMs: number;
  readonly acceptedCpuMs: number;
  readonly rssMb: number;
  /** For each warm delivery. */
  readonly warmCpuMs: number;
  readonly warmMs: number;
}

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

const [taskFile = ''] = process.argv.slice(2);
const { file, deliveries, warmUp } = JSON.parse(readFileSync(taskFile, 'utf8')) as StartTask;
const [first, ...others] = deliveries as [APIGatewayProxyEventV2, ...APIGatewayProxyEventV2[]];
const context = {
  awsRequestId: 'bench',
  functionName: 'bench',
  getRemainingTimeInMillis: () => 6_000,
} as Context;
// Before anything is measured: it is Lambda's runtime that has it, not the function.
const { createRequire } = process.getBuiltinModule('node:module');

const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const { handler } = (
  file.endsWith('.cjs') ? createRequire(import.meta.url)(file) : await import(file)
) as {
  readonly handler: Handler;
};
const importMs = performance.now() - startedAt;
await accept(first);
const acceptedMs = performance.now() - startedAt;
const acceptedCpuMs = cpuMsSince(cpuBefore);
const rssMb = process.memoryUsage().rss / 2 ** 20;

for (const delivery of others.slice(0, warmUp)) await accept(delivery);
const counted = others.slice(warmUp);
const warmCpuBefore = process.cpuUsage();
const warmAt = performance.now();
for (const delivery of counted) await accept(delivery);
const warmCpuMs = cpuMsSince(warmCpuBefore) / counted.length;
const warmMs = (performance.now() - warmAt) / counted.length;

// Past stdout, which is the function's log.
const started: Started = { importMs, acceptedMs, acceptedCpuMs, rssMb, warmCpuMs, warmMs };
writeSync(3, JSON.stringify(started));
process.exit();

async function accept(delivery: APIGatewayProxyEventV2): Promise<void> {
  const { statusCode, body } = await handler(delivery, context);
  if (statusCode !== 200) throw new Error(`The handler answered ${statusCode} ${body}.`);
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
