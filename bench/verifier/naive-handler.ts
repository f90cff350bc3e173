import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import Mux from '@mux/mux-node';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

const serviceName = 'mux-verifier';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: 'naive', serviceName });
const tracer = new Tracer({ serviceName });
const sqs = tracer.captureAWSv3Client(new SQSClient({}));
const mux = new Mux();

/** The obvious way: Mux's own package, the SDK's client, and Powertools around them as its documentation has it. */
export const makeHandler =
  (readSecret: () => Promise<string | undefined>) =>
  async (delivery: APIGatewayProxyEventV2, context: Context) =>
    handle(delivery, context, await readSecret());

async function handle(
  { body = '', headers, requestContext }: APIGatewayProxyEventV2,
  context: Context,
  secret: string | undefined,
) {
  logger.addContext(context);
  const startedAt = Date.now();
  let event: { readonly id: string; readonly type: string };
  try {
    event = (await mux.webhooks.unwrap(body, headers, secret)) as typeof event;
  } catch (error) {
    logger.warn('Delivery rejected', { error: error as Error });
    metrics.addMetric('Rejected', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
    return { statusCode: 400, body: JSON.stringify({ code: 'rejected' }) };
  }
  const { id: eventId, type: eventType } = event;
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const { MessageId: messageId } = await sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env['QUEUE_URL'],
      MessageBody: body,
      MessageAttributes: {
        provider: text('mux'),
        eventId: text(eventId),
        eventType: text(eventType),
        receivedAt: text(new Date(requestContext.timeEpoch).toISOString()),
        trace: text(headers['x-amzn-trace-id'] ?? requestContext.requestId),
      },
    }),
  );
  logger.info('Delivery accepted', {
    provider: 'mux',
    eventId,
    eventType,
    messageId,
    bytes: body.length,
  });
  metrics.addMetric('Accepted', MetricUnit.Count, 1);
  metrics.addMetric('AcceptMs', MetricUnit.Milliseconds, Date.now() - startedAt);
  metrics.publishStoredMetrics();
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'accepted' }),
  };
}
