import { Duration } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type DomainEventType, eventSource } from '../lambdas/catalog/domain-events.ts';
import type { StageConfig } from './config.ts';
import { NodeFunction } from './node-function.ts';
import { RedrivableQueue } from './redrivable-queue.ts';
import type { SecretReference } from './secrets/operator-managed-secret.ts';

export interface NotificationPipelineProps {
  readonly config: StageConfig;
  readonly bus: EventBus;
  readonly databaseSecret: SecretReference;
  readonly resendApiKey: SecretReference;
}

const requestedType: DomainEventType = 'notification.requested';

/** Routes requested notifications from the bus to a queue, and from there to Resend by mail. */
export class NotificationPipeline extends Construct {
  readonly sender: NodeFunction;
  readonly requests: RedrivableQueue;

  constructor(
    scope: Construct,
    id: string,
    { config, bus, databaseSecret, resendApiKey }: NotificationPipelineProps,
  ) {
    super(scope, id);
    this.sender = new NodeFunction(this, 'Sender', {
      entry: 'notifications/send-notification.handler.ts',
      description: 'Sends requested notifications as mails through Resend',
      timeout: Duration.seconds(60),
      config,
    });
    this.sender.bindSettings([
      'MAIL_FROM',
      'SUPPORT_EMAIL',
      'PORTAL_URL',
      'MAIL_REQUESTS_PER_SECOND',
    ]);
    this.sender.grantSecretRead('DATABASE_SECRET_ID', databaseSecret);
    this.sender.grantSecretRead('RESEND_API_KEY_SECRET_ID', resendApiKey);

    this.requests = new RedrivableQueue(this, 'Requests', {
      stage: config.stage,
      messages: 'notification-requests',
      consumer: this.sender,
      batchSize: 5,
      batchWindow: Duration.seconds(0),
      // A message waits in the queue, unreceived, until a sender is free. The senders pace their
      // requests together, so more of them do not exceed Resend's limit.
      maxConcurrency: config.mail.maxConcurrency,
    });
    // A mail that Resend's rate limit rejected, or that had no slot, returns as a new message.
    this.sender.grantSendMessages('REQUESTS_QUEUE_URL', this.requests.queue);

    new Rule(this, 'Requested', {
      description: 'Sends requested notifications to the queue of the sender',
      eventBus: bus,
      eventPattern: { source: [eventSource], detailType: [requestedType] },
      targets: [
        // Failed messages of bus and sender have the same body, so one dead-letter queue is enough.
        new SqsQueue(this.requests.queue, {
          deadLetterQueue: this.requests.deadLetters,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }
}
