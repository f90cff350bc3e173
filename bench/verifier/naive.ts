import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
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

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

/** The obvious verifier: Mux's package, the SDK and Powertools as in its documentation. */
export async function handler(delivery: APIGatewayProxyEventV2, context: Context) {
  logger.addContext(context);
  const { body = '', headers, requestContext } = delivery;
  const startedAt = Date.now();
  // The cache time of the product.
  const secret = await getSecret(process.env['SIGNING_SECRET_ID'] ?? '', { maxAge: 300 });
  const { id: eventId, type: eventType } = await mux.webhooks.unwrap(body, headers, `${secret}`);
  const MessageAttributes = {
    provider: text('mux'),
    eventId: text(eventId),
    eventType: text(eventType),
    receivedAt: text(new Date(requestContext.timeEpoch).toISOString()),
    trace: text(headers['x-amzn-trace-id'] ?? requestContext.requestId),
  };
  const QueueUrl = process.env['QUEUE_URL'];
  const message = new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes });
  const { MessageId: messageId } = await sqs.send(message);
  logger.info('Delivery accepted', { eventId, eventType, messageId, bytes: body.length });
  metrics.addMetric('Accepted', MetricUnit.Count, 1);
  metrics.addMetric('AcceptMs', MetricUnit.Milliseconds, Date.now() - startedAt);
  metrics.publishStoredMetrics();
  return { statusCode: 200, body: '{"code":"accepted"}' };
}
