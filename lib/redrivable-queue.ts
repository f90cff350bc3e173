import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DEAD_LETTER_DAYS, MAX_RECEIVES } from '../lambdas/catalog/retry-limits.ts';
import type { NodeFunction } from './node-function.ts';

/** Where what has failed for good waits, as long as SQS keeps a message. */
export class DeadLetterQueue extends Queue {
  /** @param source The one queue that may redrive into it; without one, services put their own failures there. */
  constructor(scope: Construct, id: string, source?: IQueue) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(DEAD_LETTER_DAYS),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      redriveAllowPolicy: source
        ? { redrivePermission: RedrivePermission.BY_QUEUE, sourceQueues: [source] }
        : { redrivePermission: RedrivePermission.DENY_ALL },
    });
    const reason =
      'This is a dead-letter queue. Nothing consumes it but a redrive, so nothing can fail on it.';
    Validations.of(this).acknowledge(
      { id: 'Serverless-SQSRedrivePolicy', reason },
      ...(source ? [] : [{ id: 'AwsSolutions-SQS3', reason }]),
    );
  }
}

export interface RedrivableQueueProps {
  /** Physical: the dead-letter queue has to name the queue that may use it before either exists. */
  readonly name: string;
  readonly consumer: NodeFunction;
  readonly batchSize: number;
  readonly batchWindow: Duration;
  /** The brake: a reserved concurrency would throttle polls, and each throttled poll uses up a receive. */
  readonly maxConcurrency: number;
}

/** A queue that cannot lose a message quietly: what its consumer fails three times waits in `deadLetters`. */
export class RedrivableQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, { name, consumer, ...batch }: RedrivableQueueProps) {
    super(scope, id);
    const arn = Stack.of(this).formatArn({ service: 'sqs', resource: name });
    this.deadLetters = new DeadLetterQueue(
      this,
      'DeadLetters',
      Queue.fromQueueArn(this, 'Source', arn),
    );
    this.queue = new Queue(this, 'Queue', {
      queueName: name,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Lambda asks for six timeouts and the window, so that a batch it is slow to invoke is not delivered twice:
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(
        6 * consumer.timeout.toSeconds() + batch.batchWindow.toSeconds(),
      ),
      // A dead letter keeps the age that it had, so this has to leave most of the 14 days.
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    consumer.lambda.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: batch.batchSize,
        maxBatchingWindow: batch.batchWindow,
        maxConcurrency: batch.maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    Validations.of(consumer).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Lambda offers no failure destination for queues; a failed message goes to the dead-letter queue.',
    });
  }
}
