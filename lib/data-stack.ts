import { ArnFormat, CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { eventSource } from '../lambdas/catalog/domain-events.ts';
import {
  type Provider,
  processorSecrets,
  providers,
  type RotatableProvider,
  rotatableProviders,
  webhookKeys,
} from '../lambdas/catalog/providers.ts';
import type { StageConfig } from './config.ts';
import { AuroraDatabase } from './database/aurora-database.ts';
import { availabilityZones } from './database/database-vpc.ts';
import { EvidenceBucket } from './evidence-bucket.ts';
import { pascalCase } from './names.ts';
import type { RotatedSecrets } from './operations-api.ts';
import { OperatorManagedSecret, type SecretReference } from './operator-managed-secret.ts';

export interface ProviderSecrets {
  readonly signing: SecretReference;
  /** By the environment variable in which the processor looks for the secret's name. */
  readonly processor: Readonly<Record<string, SecretReference>>;
}

const webhookKeysHold: Readonly<Record<RotatableProvider, string>> = {
  mux: 'API token of Mux with System read and write access: JSON {"tokenId": …, "tokenSecret": …}',
  resend: 'API key of Resend with full access',
};

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
}

/** What must survive a redeploy: the secrets, the bus with its archive, evidence, and Postgres where it is not outside. */
export class DataStack extends Stack {
  readonly bus: EventBus;
  readonly evidence: EvidenceBucket;
  readonly databaseSecret: SecretReference;
  readonly resendApiKey: SecretReference;
  readonly muxApiToken: SecretReference;
  readonly providerSecrets: Readonly<Record<Provider, ProviderSecrets>>;
  readonly rotatedSecrets: RotatedSecrets;

  constructor(scope: Construct, id: string, { config, ...props }: DataStackProps) {
    super(scope, id, props);
    const { stage } = config;
    this.bus = this.#archivedBus(Duration.days(config.archiveDays));
    this.evidence = new EvidenceBucket(this, 'Evidence', config);
    this.databaseSecret =
      config.database === 'aurora'
        ? new AuroraDatabase(this, 'Database', config).secret
        : this.#existingSecret(config.databaseSecretName);
    this.resendApiKey = this.#operatorSecret(
      stage,
      'resend/api-key',
      'API key of Resend, with sending access',
    );
    this.muxApiToken = this.#operatorSecret(
      stage,
      'mux/api-token',
      'API token of Mux with Mux Video write access: JSON {"tokenId": …, "tokenSecret": …}',
    );
    this.providerSecrets = Object.fromEntries(
      providers.map((provider) => [provider, this.#secretsOf(provider, stage)]),
    ) as Record<Provider, ProviderSecrets>;
    this.rotatedSecrets = {
      signing: new Map(
        providers.map((provider) => [provider, this.providerSecrets[provider].signing]),
      ),
      webhookKeys: new Map(
        rotatableProviders.map((provider) => [provider, this.#webhookKey(provider, stage)]),
      ),
    };
  }

  /** Otherwise CDK looks them up in an account that is named. */
  override get availabilityZones(): string[] {
    return availabilityZones;
  }

  #archivedBus(retention: Duration): EventBus {
    const bus = new EventBus(this, 'Bus', {
      description: 'Domain events of the portal, published from its outbox',
    });
    const archive = bus.archive('Archive', {
      description: 'Every domain event, for a consumer that has to see some of them again',
      eventPattern: { source: [eventSource] },
      retention,
    });
    for (const kept of [bus, archive])
      kept.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return bus;
  }

  /** The operator makes it before the first deploy, as the migrations of that very deploy read it. */
  #existingSecret(name: string): SecretReference {
    // Secrets Manager adds six characters of its own to each ARN, which nobody knows before the secret is there.
    const resourceName = `${name}-??????`;
    return {
      name,
      arn: this.formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    };
  }

  #secretsOf(provider: Provider, stage: string): ProviderSecrets {
    return {
      signing: this.#operatorSecret(
        stage,
        `${provider}/webhook-signing-secret`,
        `Signing secret of ${provider}'s webhook`,
      ),
      processor: Object.fromEntries(
        Object.entries(processorSecrets[provider]).map(([variable, name]) => [
          variable,
          this.#operatorSecret(stage, `${provider}/${name}`, `${name} of ${provider}`),
        ]),
      ),
    };
  }

  #webhookKey(provider: RotatableProvider, stage: string): SecretReference {
    return this.#operatorSecret(
      stage,
      `${provider}/${webhookKeys[provider]}`,
      webhookKeysHold[provider],
    );
  }

  #operatorSecret(stage: string, path: string, holds: string): SecretReference {
    const name = `motion-mavericks/${stage}/${path}`;
    const id = pascalCase(path);
    new CfnOutput(this, `${id}Name`, { value: name, description: `Put here: ${holds}` });
    return new OperatorManagedSecret(this, id, { name, holds });
  }
}
