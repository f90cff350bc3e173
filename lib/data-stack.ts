import { ArnFormat, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { type Provider, providers } from '../lambdas/catalog/providers.ts';
import type { OperatorSecret } from '../lambdas/providers/provider-descriptor.ts';
import { reconciliationKeys, registry, webhooksKeys } from '../lambdas/providers/registry.ts';
import type { StageConfig } from './config.ts';
import { AuroraDatabase } from './database/aurora-database.ts';
import { availabilityZones } from './database/database-vpc.ts';
import { archivedEventBus } from './event-bus/archived-event-bus.ts';
import { EventSchemaRegistry } from './event-bus/event-schema-registry.ts';
import { AuditTrail } from './evidence/audit-trail.ts';
import { EvidenceBucket } from './evidence/evidence-bucket.ts';
import { EvidenceKey } from './evidence/evidence-key.ts';
import { pascalCase } from './names.ts';
import type { GeneratedSecrets, RotatedSecrets } from './operations-api.ts';
import { rejectPlaceholders } from './placeholders.ts';
import { GeneratedSecret } from './secrets/generated-secret.ts';
import { OperatorManagedSecret, type SecretReference } from './secrets/operator-managed-secret.ts';

export interface ProviderSecrets {
  readonly signing: SecretReference;
  /** Secrets by the environment variable from which the processor reads the secret's name. */
  readonly processor: Readonly<Record<string, SecretReference>>;
}

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
}

/**
 * Holds everything that must survive a redeploy: secrets, the bus and its archive, evidence, and
 * Postgres unless it is external.
 */
export class DataStack extends Stack {
  readonly bus: EventBus;
  readonly evidence: EvidenceBucket;
  readonly evidenceKey: EvidenceKey;
  readonly databaseSecret: SecretReference;
  readonly resendApiKey: SecretReference;
  readonly muxApiToken: SecretReference;
  /** Encrypts the stored responses of the portal API. */
  readonly responseSecret: SecretReference;
  readonly generatedSecrets: GeneratedSecrets;
  readonly providerSecrets: Readonly<Record<Provider, ProviderSecrets>>;
  readonly rotatedSecrets: RotatedSecrets;
  readonly #secrets = new Map<string, SecretReference>();

  constructor(scope: Construct, id: string, { config, ...props }: DataStackProps) {
    super(scope, id, props);
    const { stage } = config;
    rejectPlaceholders(this, config);
    this.bus = archivedEventBus(this, 'Bus', config.archiveDays);
    new EventSchemaRegistry(this, 'EventSchemas');
    this.evidence = new EvidenceBucket(this, 'Evidence', config);
    this.evidenceKey = new EvidenceKey(this, 'EvidenceKey', config);
    if (config.auditTrail.dataEvents)
      new AuditTrail(this, 'AuditTrail', { config, evidence: this.evidence.bucket });
    this.databaseSecret =
      config.database === 'aurora'
        ? new AuroraDatabase(this, 'Database', config).secret
        : this.#existingSecret(config.databaseSecretName);
    this.resendApiKey = this.#operatorSecret(
      stage,
      'resend/api-key',
      'Resend API key with sending access',
    );
    this.muxApiToken = this.#operatorSecret(
      stage,
      'mux/api-token',
      'Mux API token with Mux Video write access: JSON {"tokenId": "...", "tokenSecret": "..."}',
    );
    this.responseSecret = new GeneratedSecret(this, 'PortalApiResponseSecret', {
      name: `motion-mavericks/${stage}/portal-api/response-secret`,
      description: 'Encrypts the stored responses of the portal API, with the idempotency keys',
    });
    this.generatedSecrets = new Map([['portal-api', this.responseSecret]]);
    this.providerSecrets = Object.fromEntries(
      providers.map((provider) => [provider, this.#providerSecretsOf(provider, stage)]),
    ) as Record<Provider, ProviderSecrets>;
    this.rotatedSecrets = {
      signing: new Map(
        providers.map((provider) => [provider, this.providerSecrets[provider].signing]),
      ),
      webhookKeys: this.#keys(webhooksKeys(), stage),
      reconciliationKeys: this.#keys(reconciliationKeys(), stage),
    };
  }

  #keys(
    keys: ReadonlyMap<Provider, OperatorSecret>,
    stage: string,
  ): ReadonlyMap<Provider, SecretReference> {
    return new Map(
      [...keys].map(([provider, { name, description }]) => [
        provider,
        this.#operatorSecret(stage, `${provider}/${name}`, description),
      ]),
    );
  }

  /** Overrides the lookup that CDK makes in the account of a stage that names one. */
  override get availabilityZones(): string[] {
    return availabilityZones;
  }

  /**
   * Refers to a secret that the operator creates before the first deploy, because the migrations of
   * that deploy read it.
   */
  #existingSecret(name: string): SecretReference {
    // Secrets Manager adds six random characters to the ARN when the secret is created.
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

  #providerSecretsOf(provider: Provider, stage: string): ProviderSecrets {
    return {
      signing: this.#operatorSecret(
        stage,
        `${provider}/webhook-signing-secret`,
        `Signing secret of the ${provider} webhook`,
      ),
      processor: Object.fromEntries(
        Object.entries(registry[provider].processor.secrets).map(
          ([variable, { name, description }]) => [
            variable,
            this.#operatorSecret(stage, `${provider}/${name}`, description),
          ],
        ),
      ),
    };
  }

  /** Creates a secret once, though one key may serve several purposes. */
  #operatorSecret(stage: string, path: string, description: string): SecretReference {
    const known = this.#secrets.get(path);
    if (known !== undefined) return known;
    const name = `motion-mavericks/${stage}/${path}`;
    const id = pascalCase(path);
    new CfnOutput(this, `${id}Name`, {
      value: name,
      description: `Secret to fill: ${description}`,
    });
    const secret = new OperatorManagedSecret(this, id, { name, description });
    this.#secrets.set(path, secret);
    return secret;
  }
}
