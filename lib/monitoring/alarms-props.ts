import type { Provider } from '../../lambdas/catalog/providers.ts';
import type { StageConfig } from '../config.ts';
import type { MaskedLogGroup } from '../masked-log-group.ts';
import type { NotificationPipeline } from '../notification-pipeline.ts';
import type { ScheduledJob } from '../scheduled-job.ts';
import type { WebhookApi } from '../webhook-api.ts';
import type { WebhookPipeline } from '../webhook-pipeline.ts';
import type { OnCall } from './on-call.ts';

/** Resources that the alarms watch, and the topics that they notify. */
export interface AlarmsProps {
  readonly config: StageConfig;
  readonly api: WebhookApi;
  readonly onCall: OnCall;
  readonly pipelines: ReadonlyMap<Provider, WebhookPipeline>;
  readonly notifications: NotificationPipeline;
  readonly jobs: ReadonlyMap<string, ScheduledJob>;
  readonly logs: readonly MaskedLogGroup[];
}
