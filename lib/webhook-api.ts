import { Validations } from 'aws-cdk-lib';
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
import { type ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from './config.ts';
import { MaskedLogGroup } from './masked-log-group.ts';
import type { NodeFunction } from './node-function.ts';

/**
 * Of the caller nothing but the address is kept: it is a provider's server, or the only lead to a forger. No path and
 * no query string: whatever may be in them, the route says enough.
 */
const accessLog = JSON.stringify({
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  error: '$context.error.message',
});

/** The only way in from the internet. What has no route is answered 404 by API Gateway itself. */
export class WebhookApi extends Construct {
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    this.#api = new HttpApi(this, 'Http', {
      apiName: `motion-mavericks-${config.stage}`,
      createDefaultStage: false,
    });
    const logGroup = new MaskedLogGroup(this, 'AccessLog', config);
    new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      stageName: '$default',
      autoDeploy: true,
      // By route, as a slow command of an operator says nothing of how fast providers are answered.
      detailedMetricsEnabled: true,
      // What is over it is answered 429, and providers try again later.
      throttle: { rateLimit: config.api.requestsPerSecond, burstLimit: config.api.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(accessLog),
      },
    });
  }

  get url(): string {
    return this.#api.apiEndpoint;
  }

  /** What API Gateway saw of the requests to one route. */
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

  /** For those of our own: API Gateway checks that they signed with an identity that `callers` allows. */
  acceptSigned(path: string, callers: ManagedPolicy, handler: NodeFunction): void {
    const integration = new HttpLambdaIntegration('Signed', handler.lambda);
    const authorizer = new HttpIamAuthorizer();
    this.#api.addRoutes({ path, methods: [HttpMethod.POST], integration, authorizer });
    const resources = [this.#api.arnForExecuteApi(HttpMethod.POST, path, '$default')];
    callers.addStatements(new PolicyStatement({ actions: ['execute-api:Invoke'], resources }));
  }

  /** @returns the URL to give to the sender. */
  receive(path: string, verifier: IFunction): string {
    const integration = new HttpLambdaIntegration('Verifier', verifier);
    for (const route of this.#api.addRoutes({ path, methods: [HttpMethod.POST], integration })) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'A provider cannot sign in: it signs the body, and the verifier behind this route checks that signature.',
      });
    }
    return `${this.url}${path}`;
  }
}
