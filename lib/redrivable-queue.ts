import { Aws, CfnResource, Duration, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DEAD_LETTER_DAYS, MAX_RECEIVES } from '../lambdas/catalog/retry-limits.ts';
import type { NodeFunction } from './node-function.ts';
import { denyOutsiders } from './resource-perimeter.ts';

/** Keeps messages that failed every attempt for as long as SQS allows. */
export class DeadLetterQueue extends Queue {
  /**
   * @param source The only queue that may use it as its dead-letter queue. Without a source, AWS
   * services such as Scheduler and SNS send their failures there.
   */
  constructor(scope: Construct, id: string, source?: IQueue) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(DEAD_LETTER_DAYS),
      redriveAllowPolicy: source
        ? { redrivePermission: RedrivePermission.BY_QUEUE, sourceQueues: [source] }
        : { redrivePermission: RedrivePermission.DENY_ALL },
    });
    denyOutsiders(this, { actions: ['sqs:*'], resources: [this.queueArn] });
    retain(this);
    const reason =
      'This is a dead-letter queue. Only a redrive consumes it, so no message can fail in it.';
    Validations.of(this).acknowledge(
      { id: 'Serverless-SQSRedrivePolicy', reason },
      ...(source ? [] : [{ id: 'AwsSolutions-SQS3', reason }]),
    );
  }
}

/** Keeps a queue and its policy, which denies access to outsiders, when the stack is deleted. */
function retain(queue: Queue): void {
  for (const construct of queue.node.findAll())
    if (CfnResource.isCfnResource(construct))
      construct.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
}

export interface RedrivableQueueProps {
  readonly stage: string;
  /** Content of the queue; the end of its physical name. */
  readonly messages: string;
  readonly consumer: NodeFunction;
  readonly batchSize: number;
  readonly batchWindow: Duration;
  /**
   * Limits concurrency at the event source. Reserved concurrency would throttle polls instead, and
   * each throttled poll uses up a receive.
   */
  readonly maxConcurrency: number;
}

/**
 * Names a queue before it exists, because its dead-letter queue refers to it. The name contains the
 * first part of the stack's id: a queue outlives its stack, so the next stack of the stage must not
 * use its name.
 */
function uniqueName(stage: string, messages: string): string {
  const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return `motion-mavericks-${stage}-${Fn.select(0, Fn.split('-', stackId))}-${messages}`;
}

/** Connects a queue to its consumer. Messages that fail three times move to `deadLetters`. */
export class RedrivableQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;

  constructor(
    scope: Construct,
    id: string,
    { stage, messages, consumer, ...batch }: RedrivableQueueProps,
  ) {
    super(scope, id);
    const name = uniqueName(stage, messages);
    const arn = Stack.of(this).formatArn({ service: 'sqs', resource: name });
    this.deadLetters = new DeadLetterQueue(
      this,
      'DeadLetters',
      Queue.fromQueueArn(this, 'Source', arn),
    );
    this.queue = new Queue(this, 'Queue', {
      queueName: name,
      encryption: QueueEncryption.SQS_MANAGED,
      // AWS recommends six timeouts plus the window, so that a throttled batch is not delivered
      // twice.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(
        6 * consumer.timeout.toSeconds() + batch.batchWindow.toSeconds(),
      ),
      // A dead letter keeps its age, so a short retention leaves most of the 14 days for it.
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    denyOutsiders(this.queue, { actions: ['sqs:*'], resources: [this.queue.queueArn] });
    retain(this.queue);
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
        'Lambda has no failure destination for queues; failed messages go to the dead-letter ' +
        'queue.',
    });
  }
}
