import { RemovalPolicy } from 'aws-cdk-lib';
import { type EventBus, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type DomainEventType, eventSource } from '../lambdas/domain-events.ts';
import type { StageConfig } from './config.ts';
import { DeadLetterQueue } from './redrivable-queue.ts';

export interface OnCallProps {
  readonly config: StageConfig;
  readonly bus: EventBus;
}

const alerted: DomainEventType = 'on-call.alerted';

/** Whoever is to be woken: mail, pager and chat hang on this one topic, and everything that wakes publishes to it. */
export class OnCall extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { config, bus }: OnCallProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { masterKey: this.#key(), enforceSSL: true });
    for (const address of config.onCall.emails) this.topic.addSubscription(new EmailSubscription(address));
    for (const url of config.onCall.httpsEndpoints) this.topic.addSubscription(new UrlSubscription(url));
    new Rule(this, 'Alerted', {
      description: 'What the system has to say to those on call, in the format of the chat integration',
      eventBus: bus,
      eventPattern: { source: [eventSource], detailType: [alerted] },
      targets: [
        new SnsTopic(this.topic, {
          message: RuleTargetInput.fromEventPath('$.detail.message'),
          deadLetterQueue: new DeadLetterQueue(this, 'Undelivered'),
        }),
      ],
    });
  }

  /** AWS's own key for topics lets neither EventBridge nor CloudWatch use it. */
  #key(): Key {
    const key = new Key(this, 'Key', {
      description: 'Messages to those on call',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const service of ['events.amazonaws.com', 'cloudwatch.amazonaws.com'])
      key.grantEncryptDecrypt(new ServicePrincipal(service));
    return key;
  }
}
