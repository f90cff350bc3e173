import { Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type ManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from './config.ts';
import { MaskedLogGroup } from './masked-log-group.ts';
import type { NodeFunction } from './node-function.ts';

/**
 * Logs the caller's IP address and, for signed routes, the identity that IAM verified: no operator
 * can change this record. The address belongs to a provider's server, or is the only trace of a
 * forger. Paths and query strings may hold private data.
 */
const accessLog = JSON.stringify({
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  caller: '$context.identity.userArn',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  error: '$context.error.message',
});

/** The only endpoint on the internet. API Gateway answers requests without a route with 404. */
export class WebhookApi extends Construct {
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    this.#api = new HttpApi(this, 'Http', {
      apiName: `motion-mavericks-${config.stage}`,
      createDefaultStage: false,
    });
    // The session names of IAM Identity Center are mail addresses.
    const logGroup = new MaskedLogGroup(this, 'AccessLog', config, { showsIdentities: true });
    new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      stageName: '$default',
      autoDeploy: true,
      // Metrics per route keep slow operator commands out of the latency of webhooks.
      detailedMetricsEnabled: true,
      // Requests above the limit are answered 429, and providers retry them.
      throttle: { rateLimit: config.api.requestsPerSecond, burstLimit: config.api.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(accessLog),
      },
    });
  }

  get id(): string {
    return this.#api.apiId;
  }

  get url(): string {
    return this.#api.apiEndpoint;
  }

  /** Returns a metric of API Gateway for one route. */
  routeMetric(
    path: string,
    metricName: '4xx' | '5xx' | 'Latency',
    statistic: string = Stats.SUM,
  ): Metric {
    const dimensionsMap = {
      ApiId: this.#api.apiId,
      Stage: '$default',
      Method: HttpMethod.POST,
      Resource: path,
    };
    return new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap, statistic });
  }

  /** Adds a route for callers with IAM identities, and allows `callers` to invoke it. */
  addSignedRoute(path: string, callers: ManagedPolicy, handler: NodeFunction): void {
    const integration = new HttpLambdaIntegration('Signed', handler.lambda);
    const authorizer = new HttpIamAuthorizer();
    this.#api.addRoutes({ path, methods: [HttpMethod.POST], integration, authorizer });
    const resources = [this.#arnOf(path)];
    callers.addStatements(new PolicyStatement({ actions: ['execute-api:Invoke'], resources }));
  }

  /**
   * Adds one signed route for each path, all to the same function, and allows each policy to invoke
   * its own paths. One permission covers all paths under `prefix`: with one each, the function's
   * resource policy would outgrow Lambda's limit of 20 KB.
   */
  addSignedRoutes(
    prefix: string,
    callers: ReadonlyMap<ManagedPolicy, readonly string[]>,
    handler: NodeFunction,
  ): void {
    const integration = new IntegrationWithoutPermission('Signed', handler.lambda);
    const authorizer = new HttpIamAuthorizer();
    const methods = [HttpMethod.POST];
    for (const [policy, paths] of callers) {
      for (const path of paths) this.#api.addRoutes({ path, methods, integration, authorizer });
      const resources = paths.map((path) => this.#arnOf(path));
      policy.addStatements(new PolicyStatement({ actions: ['execute-api:Invoke'], resources }));
    }
    handler.lambda.addPermission('SignedRoutes', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: this.#api.arnForExecuteApi(HttpMethod.ANY, `${prefix}/*`, '*'),
    });
  }

  /**
   * Allows a function to post to signed routes. Sets the variable to a JSON object from each key to
   * the URL of its path.
   */
  grantPost(caller: NodeFunction, variable: string, paths: ReadonlyMap<string, string>): void {
    const urls = [...paths].map(([name, path]) => [name, `${this.url}${path}`]);
    const text = Stack.of(this).toJsonString(Object.fromEntries(urls));
    caller.lambda.addEnvironment(variable, text);
    const resources = [...paths.values()].map((path) => this.#arnOf(path));
    caller.lambda.addToRolePolicy(
      new PolicyStatement({ actions: ['execute-api:Invoke'], resources }),
    );
  }

  #arnOf(path: string): string {
    return this.#api.arnForExecuteApi(HttpMethod.POST, path, '$default');
  }

  /** Adds the ingest endpoint of a provider. @returns the URL to configure at the provider. */
  addWebhookRoute(path: string, verifier: IFunction): string {
    const integration = new HttpLambdaIntegration('Verifier', verifier);
    for (const route of this.#api.addRoutes({ path, methods: [HttpMethod.POST], integration })) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'A provider has no AWS identity. It signs the body, and the verifier behind this route ' +
          'checks the signature.',
      });
    }
    return `${this.url}${path}`;
  }
}

/** Leaves the permission of API Gateway to `addSignedRoutes`. */
class IntegrationWithoutPermission extends HttpLambdaIntegration {
  protected override completeBind(): void {}
}
