import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LoggingLevel, SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { type EventBus, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import {
  type IRole,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type DomainEventType, eventSource } from '../../lambdas/catalog/domain-events.ts';
import type { StageConfig } from '../config.ts';
import { DeadLetterQueue } from '../redrivable-queue.ts';

export interface OnCallProps {
  readonly config: StageConfig;
  readonly bus: EventBus;
}

const alerted: DomainEventType = 'on-call.alerted';

/** Whoever is to be woken: mail, pager and chat hang on this one topic, and everything that wakes publishes to it. */
export class OnCall extends Construct {
  readonly topic: Topic;
  /** What the topic did not take, and what it could not hand to somebody who is to be told. */
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, { config, bus }: OnCallProps) {
    super(scope, id);
    const key = this.#key();
    this.topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    this.undelivered = new DeadLetterQueue(this, 'Undelivered');
    this.#subscribe(config.onCall);
    this.#letAlarmsPublish();
    if (config.onCall.slack) this.#tellSlack(config.onCall.slack, config.stage);
    new Rule(this, 'Alerted', {
      description:
        'What the system has to say to those on call, in the format of the chat integration',
      eventBus: bus,
      eventPattern: { source: [eventSource], detailType: [alerted] },
      targets: [
        new SnsTopic(this.topic, {
          message: RuleTargetInput.fromEventPath('$.detail.message'),
          role: this.#publisher(key),
          deadLetterQueue: this.undelivered,
        }),
      ],
    });
  }

  #subscribe({ emails, httpsEndpoints }: StageConfig['onCall']): void {
    const deadLetterQueue = this.undelivered;
    for (const address of emails)
      this.topic.addSubscription(new EmailSubscription(address, { deadLetterQueue }));
    for (const url of httpsEndpoints)
      this.topic.addSubscription(new UrlSubscription(url, { deadLetterQueue }));
  }

  /** A topic with a policy of its own no longer lets in everything of its account. */
  #letAlarmsPublish(): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        principals: [this.#forThisAccount('cloudwatch.amazonaws.com')],
        resources: [this.topic.topicArn],
      }),
    );
  }

  /** The channel is told, and can do nothing: neither its role nor its guardrail lets anybody work from a chat. */
  #tellSlack(
    { workspaceId, channelId }: NonNullable<StageConfig['onCall']['slack']>,
    stage: string,
  ): void {
    new SlackChannelConfiguration(this, 'Slack', {
      slackChannelConfigurationName: `motion-mavericks-${stage}-on-call`,
      slackWorkspaceId: workspaceId,
      slackChannelId: channelId,
      notificationTopics: [this.topic],
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll')],
      loggingLevel: LoggingLevel.ERROR,
    });
  }

  /**
   * In the name of a role, as a key cannot tell for which account EventBridge works: aws:SourceAccount is not supported
   * there, says https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html.
   */
  #publisher(key: Key): IRole {
    const publish = new PolicyStatement({
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
    });
    const encrypt = new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [key.keyArn],
    });
    const role = new Role(this, 'Publisher', {
      assumedBy: this.#forThisAccount('events.amazonaws.com'),
      inlinePolicies: { Publish: new PolicyDocument({ statements: [publish, encrypt] }) },
    });
    return role.withoutPolicyUpdates();
  }

  #forThisAccount(service: string): ServicePrincipal {
    return new ServicePrincipal(service, {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
  }

  /** AWS's own key for topics does not let CloudWatch use it. */
  #key(): Key {
    const key = new Key(this, 'Key', {
      description: 'Messages to those on call',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.grant(
      this.#forThisAccount('cloudwatch.amazonaws.com'),
      'kms:Decrypt',
      'kms:GenerateDataKey*',
    );
    return key;
  }
}
