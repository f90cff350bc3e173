import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { type CommandName, commandOfRoute, commandPath } from '../catalog/operator-commands.ts';

/** API that may invoke the operations function. */
export interface ServedApi {
  readonly apiId: string;
  readonly accountId: string;
  /** Role of the dashboard's replay button, which does not know the person at the dashboard. */
  readonly dashboardRole: string;
}

/** Environment variables that `readServedApi` reads. */
export const servedApiVariables = ['API_ID', 'API_ACCOUNT_ID', 'DASHBOARD_ROLE'] as const;

type Environment = Readonly<Record<(typeof servedApiVariables)[number], string>>;

export const readServedApi = (env: Environment): ServedApi => ({
  apiId: env.API_ID,
  accountId: env.API_ACCOUNT_ID,
  dashboardRole: env.DASHBOARD_ROLE,
});

export interface VerifiedCaller {
  readonly command: CommandName;
  readonly operator: string;
  readonly requestId: string;
}

/** States whether an event came through our API, and otherwise why it was rejected. */
export type CallerResult =
  | { readonly status: 'verified'; readonly caller: VerifiedCaller }
  | { readonly status: 'foreign'; readonly reason: string };

const STAGE = '$default';
const USER_ARN = /^arn:[\w-]+:(?:iam|sts)::\d{12}:\S+$/;

/**
 * Verifies that an event came through our API, on the route of one command, with an identity that
 * IAM verified. A direct invocation of the function has no such context: whoever may invoke
 * functions could write one; the setting auditTrail names the caller of each invocation.
 */
export function verifyCaller(
  event: unknown,
  { apiId, accountId, dashboardRole }: ServedApi,
): CallerResult {
  const { version, routeKey, rawPath, requestContext } = (event ??
    {}) as Partial<APIGatewayProxyEventV2WithIAMAuthorizer>;
  if (version !== '2.0' || typeof routeKey !== 'string' || requestContext === undefined)
    return foreign('The event is not from an HTTP API.');
  if (requestContext.apiId !== apiId || requestContext.stage !== STAGE)
    return foreign('The event is from another API or stage.');
  if (requestContext.accountId !== accountId) return foreign('The API is in another account.');
  const command = commandOfRoute(routeKey);
  if (command === undefined || requestContext.routeKey !== routeKey)
    return foreign('The route is not the route of a command.');
  const path = commandPath(command);
  const { method, path: requested } = requestContext.http ?? {};
  if (rawPath !== path || requested !== path || method !== 'POST')
    return foreign('The path is not the path of the route.');
  const identity = requestContext.authorizer?.iam?.userArn;
  if (typeof identity !== 'string' || !USER_ARN.test(identity))
    return foreign('The request is not signed by an AWS identity.');
  const { requestId } = requestContext;
  if (typeof requestId !== 'string' || requestId === '')
    return foreign('The event has no request id.');
  const isDashboard = identity.includes(`:assumed-role/${dashboardRole}/`);
  const operator = isDashboard ? `unverified dashboard (${identity})` : identity;
  return { status: 'verified', caller: { command, operator, requestId } };
}

const foreign = (reason: string): CallerResult => ({ status: 'foreign', reason });
