import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export interface StartTask {
  readonly file: string;
  /** The first is the cold start; of the others the first third is not measured. */
  readonly deliveries: readonly APIGatewayProxyEventV2[];
}

export interface StartResult {
  /** Import and first delivery together, because lazy loading only moves cost between them. */
  readonly acceptedMs: number;
  readonly acceptedCpuMs: number;
  readonly rssMb: number;
  /** CPU of one warm delivery; NaN without any. */
  readonly warmCpuMs: number;
}

const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 6_000 };
// Lambda's runtime has this module loaded before a function starts.
const { createRequire } = process.getBuiltinModule('node:module');

process.once('message', async ({ file, deliveries }: StartTask) => {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const isCommonJs = file.endsWith('.cjs');
  const { handler } = isCommonJs ? createRequire(import.meta.url)(file) : await import(file);
  const accept = async (events: readonly APIGatewayProxyEventV2[]) => {
    for (const event of events) {
      const { statusCode } = await handler(event, context);
      if (statusCode !== 200) throw new Error(`The verifier returned ${statusCode}.`);
    }
  };
  await accept(deliveries.slice(0, 1));
  const acceptedMs = performance.now() - startedAt;
  const acceptedCpuMs = cpuMsSince(cpuBefore);
  const rssMb = process.memoryUsage().rss / 2 ** 20;
  const warmUp = Math.ceil(deliveries.length / 3);
  await accept(deliveries.slice(1, warmUp));
  const warmBefore = process.cpuUsage();
  await accept(deliveries.slice(Math.max(1, warmUp)));
  const warmCpuMs = cpuMsSince(warmBefore) / (deliveries.length - warmUp);
  process.send?.({ acceptedMs, acceptedCpuMs, rssMb, warmCpuMs } satisfies StartResult);
});

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
