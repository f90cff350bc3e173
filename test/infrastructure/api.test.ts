import { expect, test } from '@jest/globals';
import {
  commandNames,
  commandPath,
  operationsPath,
} from '../../lambdas/catalog/operator-commands.ts';
import { portalOperationEntry, portalOperations } from '../../lambdas/catalog/portal-api.ts';
import { providers, webhookPath } from '../../lambdas/catalog/providers.ts';
import { at, entryOf, functionIn, render, resolve } from './support/references.ts';
import { every, type Resource, stages } from './support/stages.ts';

const routes = every('AWS::ApiGatewayV2::Route');
const integrations = every('AWS::ApiGatewayV2::Integration');

// Providers have no AWS identity, so their verifiers authenticate them. IAM authenticates all
// others.
const open = providers.map((provider) => [
  `POST ${webhookPath(provider)}`,
  `providers/${provider}/verify.handler.ts`,
]);
const signed = [
  ...commandNames.map((command) => [
    `POST ${commandPath(command)}`,
    'operations/operations.handler.ts',
  ]),
  ...portalOperations.map((operation) => [
    `POST ${operation.path}`,
    portalOperationEntry(operation),
  ]),
];

test.each([
  { authorization: 'NONE', expected: open },
  { authorization: 'AWS_IAM', expected: signed },
])(
  'the routes with authorization $authorization are exactly the listed ones',
  ({ authorization, expected }) => {
    for (const stage of stages) {
      const found = routes
        .filter(
          (route) =>
            route.stage === stage && route.Properties['AuthorizationType'] === authorization,
        )
        .map((route) => [route.Properties['RouteKey'], entryBehind(route)]);

      expect(found.sort()).toEqual(expected.sort());
    }
  },
);

test('every route is a listed one', () => {
  expect(routes).toHaveLength(stages.length * (open.length + signed.length));
});

test.each(every('AWS::ApiGatewayV2::Api'))(
  '$stack: $id is an HTTP API without CORS',
  ({ Properties }) => {
    expect(Properties['ProtocolType']).toBe('HTTP');
    expect(Properties['CorsConfiguration']).toBeUndefined();
  },
);

test.each(every('AWS::ApiGatewayV2::Stage'))(
  '$stack: $id throttles at the limits of the stage settings',
  (apiStage) => {
    const { requestsPerSecond, burst } = apiStage.stage.config.api;

    expect(apiStage.Properties['DefaultRouteSettings']).toMatchObject({
      ThrottlingRateLimit: requestsPerSecond,
      ThrottlingBurstLimit: burst,
    });
    expect(apiStage.Properties['RouteSettings']).toBeUndefined();
  },
);

test.each(every('AWS::ApiGatewayV2::Stage'))(
  '$stack: $id logs JSON without any input of the caller but address and identity',
  (apiStage) => {
    const { DestinationArn, Format } = apiStage.Properties['AccessLogSettings'] as Record<
      string,
      unknown
    >;

    expect(resolve(apiStage, DestinationArn)?.Type).toBe('AWS::Logs::LogGroup');
    // Path, query string, headers, body and user agent may hold private data, so the list is
    // closed.
    expect(Object.values(JSON.parse(String(Format))).sort()).toEqual([
      '$context.error.message',
      '$context.identity.sourceIp',
      '$context.identity.userArn',
      '$context.integrationErrorMessage',
      '$context.integrationLatency',
      '$context.requestId',
      '$context.requestTime',
      '$context.responseLatency',
      '$context.routeKey',
      '$context.status',
    ]);
  },
);

test.each(every('AWS::Lambda::Permission'))(
  '$stack: $id allows only the routes of its function',
  (permission) => {
    const { Principal, SourceArn, FunctionName } = permission.Properties;
    const entry = entryOf(functionIn(permission, FunctionName) as Resource);
    const [route] = [...open, ...signed].find(([, listed]) => listed === entry) ?? [];
    const isOperations = route?.startsWith(`POST ${operationsPath}/`);
    const path = isOperations ? `${operationsPath}/*` : route?.replace('POST ', '');

    expect(Principal).toBe('apigateway.amazonaws.com');
    expect(render(permission, SourceArn)).toMatch(/:<ApiHttp\w+>\/\*\/\*\/[^/]/);
    expect(render(permission, SourceArn).endsWith(`/*/*${path}`)).toBe(true);
  },
);

test.each(routes)('$stack: $id has one permission for its function or alias', (route) => {
  const invoked = integrationOf(route)?.Properties['IntegrationUri'];
  const allowed = every('AWS::Lambda::Permission').filter(
    (permission) =>
      permission.stage === route.stage &&
      resolve(permission, permission.Properties['FunctionName']) === resolve(route, invoked),
  );

  // A permission on a function does not include its alias, nor the reverse.
  expect(allowed).toHaveLength(1);
  const [, path = ''] = render(route, allowed[0]?.Properties['SourceArn']).split('/*/*');
  expect(`POST ${path}`).toBe(
    path.endsWith('/*') ? `POST ${operationsPath}/*` : route.Properties['RouteKey'],
  );
});

function integrationOf(route: Resource): Resource | undefined {
  const [, id] = render(route, route.Properties['Target']).match(/^integrations\/<(\w+)>$/) ?? [];
  return integrations.find(
    (integration) => integration.stage === route.stage && integration.id === id,
  );
}

function entryBehind(route: Resource): string | undefined {
  const integration = integrationOf(route);
  const handler =
    integration && functionIn(integration, at(integration.Properties, 'IntegrationUri'));
  return handler && entryOf(handler);
}
