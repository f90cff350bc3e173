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
import { denyOutsiders } from '../resource-perimeter.ts';

export interface OnCallProps {
  readonly config: StageConfig;
  readonly bus: EventBus;
}

const alertType: DomainEventType = 'on-call.alerted';

/** Actions that the policy of a topic may name; SNS rejects `sns:*`. */
const topicActions = [
  'AddPermission',
  'DeleteTopic',
  'GetTopicAttributes',
  'ListSubscriptionsByTopic',
  'Publish',
  'RemovePermission',
  'SetTopicAttributes',
  'Subscribe',
].map((action) => `sns:${action}`);

/** Owns the topic that all pages and alerts go to; mail, pager and Slack subscribe to it. */
export class OnCall extends Construct {
  readonly topic: Topic;
  /** Messages that EventBridge could not publish, or that SNS could not deliver to a subscriber. */
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, { config, bus }: OnCallProps) {
    super(scope, id);
    const key = this.#key();
    this.topic = new Topic(this, 'Topic', { masterKey: key });
    denyOutsiders(this.topic, { actions: topicActions, resources: [this.topic.topicArn] });
    this.undelivered = new DeadLetterQueue(this, 'Undelivered');
    this.#subscribe(config.onCall);
    this.#allowAlarmsToPublish();
    if (config.onCall.slack) this.#notifySlack(config.onCall.slack, config.stage);
    new Rule(this, 'Alerted', {
      description: 'Publishes alerts to the on-call topic, in the format of the Slack integration',
      eventBus: bus,
      eventPattern: { source: [eventSource], detailType: [alertType] },
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

  /** A topic with its own policy no longer accepts messages from its whole account by default. */
  #allowAlarmsToPublish(): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        principals: [this.#principalForThisAccount('cloudwatch.amazonaws.com')],
        resources: [this.topic.topicArn],
      }),
    );
  }

  /** Sends messages to a channel. Its role and its guardrail deny every action from the chat. */
  #notifySlack(
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
   * Creates the role with which EventBridge publishes. A statement in the key policy could not be
   * limited to this account, because EventBridge does not support aws:SourceAccount there:
   * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
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
      assumedBy: this.#principalForThisAccount('events.amazonaws.com'),
      inlinePolicies: { Publish: new PolicyDocument({ statements: [publish, encrypt] }) },
    });
    return role.withoutPolicyUpdates();
  }

  #principalForThisAccount(service: string): ServicePrincipal {
    return new ServicePrincipal(service, {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
  }

  /** The AWS managed key of SNS does not allow CloudWatch to use it. */
  #key(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts messages to the people on call',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    denyOutsiders(key, { actions: ['kms:*'], resources: ['*'] });
    key.grant(
      this.#principalForThisAccount('cloudwatch.amazonaws.com'),
      'kms:Decrypt',
      'kms:GenerateDataKey*',
    );
    return key;
  }
}
