import { expect, test } from '@jest/globals';
import { operationsPath } from '../../lambdas/catalog/operator-commands.ts';
import { portalOperationEntry, portalOperations } from '../../lambdas/catalog/portal-api.ts';
import { providers, webhookPath } from '../../lambdas/catalog/providers.ts';
import { at, entryOf, functionIn, render, resolve } from './support/references.ts';
import { every, type Resource, stages } from './support/stages.ts';

const routes = every('AWS::ApiGatewayV2::Route');
const integrations = every('AWS::ApiGatewayV2::Integration');

// A provider cannot sign in, so its verifier is in front of everything; whoever else calls is known to IAM.
const open = providers.map((provider) => [
  `POST ${webhookPath(provider)}`,
  `providers/${provider}/verify.handler.ts`,
]);
const signed = [
  [`POST ${operationsPath}`, 'operations/operations.handler.ts'],
  ...portalOperations.map((operation) => [
    `POST ${operation.path}`,
    portalOperationEntry(operation),
  ]),
];

test.each([
  { authorization: 'NONE', expected: open },
  { authorization: 'AWS_IAM', expected: signed },
])(
  'routes with authorization $authorization are those that are listed, for POST',
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

test('there is no other route', () => {
  expect(routes).toHaveLength(stages.length * (open.length + signed.length));
});

test.each(every('AWS::ApiGatewayV2::Api'))(
  '$stack: $id speaks HTTP, and to no browser',
  ({ Properties }) => {
    expect(Properties['ProtocolType']).toBe('HTTP');
    expect(Properties['CorsConfiguration']).toBeUndefined();
  },
);

test.each(every('AWS::ApiGatewayV2::Stage'))(
  '$stack: $id takes as many requests as the stage states',
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
  '$stack: $id logs JSON of nothing that a caller wrote',
  (apiStage) => {
    const { DestinationArn, Format } = apiStage.Properties['AccessLogSettings'] as Record<
      string,
      unknown
    >;

    expect(resolve(apiStage, DestinationArn)?.Type).toBe('AWS::Logs::LogGroup');
    // Path, query string, headers, body, user agent: whatever may be in them stays out, so what is logged is listed.
    expect(Object.values(JSON.parse(String(Format))).sort()).toEqual([
      '$context.error.message',
      '$context.identity.sourceIp',
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
  '$stack: $id lets only its own route of the API in',
  (permission) => {
    const { Principal, SourceArn, FunctionName } = permission.Properties;
    const entry = entryOf(functionIn(permission, FunctionName) as Resource);
    const [route] = [...open, ...signed].find(([, one]) => one === entry) ?? [];

    expect(Principal).toBe('apigateway.amazonaws.com');
    expect(render(permission, SourceArn)).toMatch(
      new RegExp(`<ApiHttp\\w+>/\\*/\\*${route?.replace('POST ', '')}$`),
    );
  },
);

test.each(routes)('$stack: $id may call what it calls, by the name by which it does', (route) => {
  const called = integrationOf(route)?.Properties['IntegrationUri'];
  const allowed = every('AWS::Lambda::Permission').filter(
    (one) =>
      one.stage === route.stage &&
      resolve(one, one.Properties['FunctionName']) === resolve(route, called),
  );

  // A permission for the function is none for its alias, nor the other way round.
  expect(allowed).toHaveLength(1);
  expect(render(route, allowed[0]?.Properties['SourceArn'])).toMatch(
    String(route.Properties['RouteKey']).replace('POST ', '/*/*'),
  );
});

function integrationOf(route: Resource): Resource | undefined {
  const [, id] = render(route, route.Properties['Target']).match(/^integrations\/<(\w+)>$/) ?? [];
  return integrations.find((one) => one.stage === route.stage && one.id === id);
}

function entryBehind(route: Resource): string | undefined {
  const integration = integrationOf(route);
  const handler =
    integration && functionIn(integration, at(integration.Properties, 'IntegrationUri'));
  return handler && entryOf(handler);
}
