import { Duration } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Provider } from '../lambdas/catalog/providers.ts';
import { registry } from '../lambdas/providers/registry.ts';
import { Canary } from './canary.ts';
import type { StageConfig } from './config.ts';
import type { ProviderSecrets } from './data-stack.ts';
import { NodeFunction } from './node-function.ts';
import { RedrivableQueue } from './redrivable-queue.ts';
import type { SecretReference } from './secrets/operator-managed-secret.ts';

export interface WebhookPipelineProps {
  readonly provider: Provider;
  readonly config: StageConfig;
  readonly secrets: ProviderSecrets;
  readonly databaseSecret: SecretReference;
  readonly bus: EventBus;
}

/** Verifier, queue and processor of one provider. Only the processor depends on Postgres. */
export class WebhookPipeline extends Construct {
  readonly verifier: NodeFunction;
  readonly deliveries: RedrivableQueue;
  readonly processor: NodeFunction;
  /**
   * Canary of the verifier, if the stage has `safeDeploys`. The processor is replaced all at once.
   */
  readonly canary: Canary | undefined;

  constructor(
    scope: Construct,
    id: string,
    { provider, config, secrets, databaseSecret, bus }: WebhookPipelineProps,
  ) {
    super(scope, id);
    this.processor = new NodeFunction(this, 'Processor', {
      entry: `providers/${provider}/process.handler.ts`,
      description: `Processes events of ${provider} and writes their effects to Postgres`,
      // A batch takes well under a second. Ten single records that each wait 2 s for a lock fit,
      // too.
      timeout: Duration.seconds(30),
      config,
    });
    this.processor.grantSecretRead('DATABASE_SECRET_ID', databaseSecret);
    this.processor.grantPutEvents('EVENT_BUS_NAME', bus);
    this.processor.bindSettings(registry[provider].processor.settings);
    for (const [variable, secret] of Object.entries(secrets.processor))
      this.processor.grantSecretRead(variable, secret);

    this.deliveries = new RedrivableQueue(this, 'Deliveries', {
      stage: config.stage,
      messages: `${provider}-deliveries`,
      consumer: this.processor,
      batchSize: config.processor.batchSize,
      batchWindow: Duration.seconds(config.processor.batchWindowSeconds),
      maxConcurrency: config.processor.maxConcurrency,
    });

    // The processor delays retries with ChangeMessageVisibility, which the event source grants, and
    // returns copies while Postgres is unavailable.
    this.processor.grantSendMessages('QUEUE_URL', this.deliveries.queue);

    this.verifier = new NodeFunction(this, 'Verifier', {
      entry: `providers/${provider}/verify.handler.ts`,
      description: `Verifies deliveries of ${provider} and sends them to the queue`,
      // Mux closes the connection after 5 s. The sixth second leaves time to log the slow step.
      timeout: Duration.seconds(6),
      sourceMaps: false,
      config,
    });
    this.verifier.grantSecretRead('SIGNING_SECRET_ID', secrets.signing);
    this.verifier.grantSendMessages('QUEUE_URL', this.deliveries.queue);
    const { lambda } = this.verifier;
    this.canary = config.safeDeploys ? new Canary(this, 'Canary', { config, lambda }) : undefined;
  }

  /** The function or alias that the ingest endpoint invokes. */
  get ingestFunction(): IFunction {
    return this.canary?.target ?? (this.verifier.lambda as IFunction);
  }
}
