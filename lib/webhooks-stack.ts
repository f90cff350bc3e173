import {
  CfnOutput,
  CrossStackReferences,
  ReferenceStrength,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { mailRequestsName } from '../lambdas/catalog/jobs.ts';
import { type Provider, providers, webhookPath } from '../lambdas/catalog/providers.ts';
import type { StageConfig } from './config.ts';
import type { DataStack } from './data-stack.ts';
import { MaskedLogGroup } from './masked-log-group.ts';
import { Migrations } from './migrations.ts';
import { Alarms } from './monitoring/alarms.ts';
import type { AlarmsProps } from './monitoring/alarms-props.ts';
import { Dashboard } from './monitoring/dashboard.ts';
import { OnCall } from './monitoring/on-call.ts';
import { pascalCase } from './names.ts';
import { NotificationPipeline } from './notification-pipeline.ts';
import { OperationsApi } from './operations-api.ts';
import { PortalApi } from './portal-api.ts';
import type { RedrivableQueue } from './redrivable-queue.ts';
import { ScheduledJobs } from './scheduled-job.ts';
import { WebhookApi } from './webhook-api.ts';
import { WebhookPipeline } from './webhook-pipeline.ts';

export interface WebhooksStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
}

/**
 * Wires the whole system. It can be deleted and deployed again: the data stack holds all state but
 * the messages in queues. Queues outlive the stack, and the next stack creates others.
 */
export class WebhooksStack extends Stack {
  constructor(scope: Construct, id: string, { config, data, ...props }: WebhooksStackProps) {
    super(scope, id, props);
    // Strong references make CloudFormation refuse to delete a resource that this stack uses.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    const { bus, databaseSecret, evidence, evidenceKey, resendApiKey, rotatedSecrets } = data;

    const api = new WebhookApi(this, 'Api', config);
    const pipelines = this.#pipelines(api, config, data);
    const deliveries = new Map(
      [...pipelines].map(([provider, pipeline]) => [provider, pipeline.deliveries]),
    );
    const notifications = new NotificationPipeline(this, 'Notifications', {
      config,
      bus,
      databaseSecret,
      resendApiKey,
    });
    const redrivable = new Map<string, RedrivableQueue>(deliveries);
    redrivable.set(mailRequestsName, notifications.requests);
    const jobs = new ScheduledJobs(this, 'Jobs', {
      config,
      bus,
      databaseSecret,
      evidence,
      evidenceKey,
      secrets: rotatedSecrets,
      api,
      deliveries,
      redrivable,
    });
    const operations = new OperationsApi(this, 'Operations', {
      config,
      api,
      databaseSecret,
      evidence,
      evidenceKey,
      deliveries,
      jobs: jobs.functions,
      secrets: rotatedSecrets,
      generatedSecrets: data.generatedSecrets,
    });
    new PortalApi(this, 'Commands', { config, api, secrets: data });
    const migrations = new Migrations(this, 'Migrations', { config, databaseSecret });
    const onCall = new OnCall(this, 'OnCall', { config, bus });
    const monitored: AlarmsProps = {
      config,
      api,
      onCall,
      pipelines,
      notifications,
      jobs: jobs.jobs,
      logs: MaskedLogGroup.under(this),
    };
    const alarms = new Alarms(this, 'Alarms', monitored);
    const widgets = [operations.eventsWidget()];
    new Dashboard(this, 'Dashboard', { ...monitored, alarms, widgets });
    migrations.runBefore(this);

    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'Base URL of all endpoints' });
  }

  /** Creates one pipeline per provider, with its route and an output that names the URL. */
  #pipelines(
    api: WebhookApi,
    config: StageConfig,
    { bus, databaseSecret, providerSecrets }: DataStack,
  ): ReadonlyMap<Provider, WebhookPipeline> {
    const pipelines = new Map<Provider, WebhookPipeline>();
    for (const provider of providers) {
      const name = pascalCase(provider);
      const pipeline = new WebhookPipeline(this, name, {
        provider,
        config,
        secrets: providerSecrets[provider],
        databaseSecret,
        bus,
      });
      pipelines.set(provider, pipeline);
      new CfnOutput(this, `${name}WebhookUrl`, {
        value: api.addWebhookRoute(webhookPath(provider), pipeline.ingestFunction),
        description: `Webhook URL to enter in the dashboard of ${provider}`,
      });
    }
    return pipelines;
  }
}
