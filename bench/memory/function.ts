import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** What a batch left behind. */
export interface Handled {
  readonly rssMb: number;
}

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const [file = ''] = process.argv.slice(2);
const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
const { handler } = (await import(file)) as { readonly handler: Handler };

process.on('message', async (event: SQSEvent) => {
  await handler(event, context);
  const rssMb = process.memoryUsage().rss / 2 ** 20;
  process.send?.({ rssMb } satisfies Handled);
});
