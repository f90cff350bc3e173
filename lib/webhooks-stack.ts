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
import { Dashboard } from './monitoring/dashboard.ts';
import { OnCall } from './monitoring/on-call.ts';
import { pascalCase } from './names.ts';
import { NotificationPipeline } from './notification-pipeline.ts';
import { Operations } from './operations-api.ts';
import { PortalApi } from './portal-api.ts';
import type { RedrivableQueue } from './redrivable-queue.ts';
import { ScheduledJobs } from './scheduled-job.ts';
import { WebhookApi } from './webhook-api.ts';
import { WebhookPipeline } from './webhook-pipeline.ts';

export interface WebhooksStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
}

/** The system in one reading. It can be deleted and made again; what it must not lose is in the data stack. */
export class WebhooksStack extends Stack {
  constructor(scope: Construct, id: string, { config, data, ...props }: WebhooksStackProps) {
    super(scope, id, props);
    // CloudFormation then refuses to delete what this stack still reads.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    const {
      bus,
      databaseSecret,
      evidence,
      resendApiKey,
      muxApiToken,
      rotatedSecrets: secrets,
    } = data;

    const api = new WebhookApi(this, 'Api', config);
    const pipelines = new Map<Provider, WebhookPipeline>();
    const deliveries = new Map<Provider, RedrivableQueue>();
    for (const provider of providers) {
      const name = pascalCase(provider);
      const own = { provider, secrets: data.providerSecrets[provider] };
      const pipeline = new WebhookPipeline(this, name, { ...own, config, databaseSecret, bus });
      pipelines.set(provider, pipeline);
      deliveries.set(provider, pipeline.deliveries);
      const url = api.receive(webhookPath(provider), pipeline.door);
      new CfnOutput(this, `${name}WebhookUrl`, {
        value: url,
        description: `Paste this into the dashboard of ${provider}`,
      });
    }
    const mailed = { config, bus, databaseSecret, resendApiKey };
    const notifications = new NotificationPipeline(this, 'Notifications', mailed);
    const redrivable = new Map([
      ...deliveries,
      [mailRequestsName, notifications.requests] as const,
    ]);
    const watchedByJobs = { redrivable, signingSecrets: secrets.signing };
    const jobs = new ScheduledJobs(this, 'Jobs', {
      config,
      bus,
      databaseSecret,
      evidence,
      ...watchedByJobs,
    });
    const operated = { databaseSecret, evidence, deliveries, jobs: jobs.functions, secrets };
    const operations = new Operations(this, 'Operations', { config, api, ...operated });
    new PortalApi(this, 'Commands', { config, api, databaseSecret, muxApiToken });
    const onCall = new OnCall(this, 'OnCall', { config, bus });
    const migrations = new Migrations(this, 'Migrations', { config, databaseSecret });
    const logs = MaskedLogGroup.under(this);
    const watched = { config, api, onCall, pipelines, notifications, jobs: jobs.jobs, logs };
    const alarms = new Alarms(this, 'Alarms', watched);
    new Dashboard(this, 'Dashboard', { ...watched, alarms, widgets: [operations.eventsWidget()] });
    migrations.runBefore(this);

    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }
}
