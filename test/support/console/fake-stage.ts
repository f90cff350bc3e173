import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll } from '@jest/globals';
import aws4 from 'aws4';
import { accountHeader, stageHeader } from '../../../lambdas/catalog/operator-commands.ts';

const credentials = {
  accessKeyId: 'AKIAOPERATOR',
  secretAccessKey: 'secret-of-the-operator',
};
const region = 'ap-southeast-2';
const ACCOUNT = '123456789012';

export interface FakeStage {
  /** Environment of a command that reaches this stage with the operator's identity. */
  readonly environment: Readonly<Record<string, string>>;
  /** Paths of the requests with a valid signature. */
  readonly accepted: string[];
  /** Paths of the requests without one. */
  readonly rejected: string[];
  /** Paths that the operator's policies do not allow. */
  readonly denied: Set<string>;
}

/**
 * Serves the parts of AWS that a deployed stage has: the outputs of its stack, its metrics, and its
 * API, which verifies each signature and passes the request to the instance on this machine.
 */
export function useFakeStage(instanceUrl: () => string): FakeStage {
  const servers: Server[] = [];
  const environment: Record<string, string> = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
    AWS_REGION: region,
  };
  const stage: FakeStage = { environment, accepted: [], rejected: [], denied: new Set() };

  beforeAll(async () => {
    const api = await serve(servers, (request, response) =>
      respondAsGateway(request, response, instanceUrl(), stage),
    );
    environment['AWS_ENDPOINT_URL_CLOUDFORMATION'] = await serve(servers, (_, response) =>
      respond(response, 200, stackXml(api), 'text/xml'),
    );
    environment['AWS_ENDPOINT_URL_CLOUDWATCH'] = await serve(servers, respondWithMetrics);
  });
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  return stage;
}

type Respond = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Serves a page of its own origin. @returns its address. */
export async function serve(servers: Server[], respondTo: Respond): Promise<string> {
  const server = createServer((request, response) => void respondTo(request, response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const respond = (response: ServerResponse, status: number, body: string, type: string) =>
  response.writeHead(status, { 'content-type': type }).end(body);

async function respondAsGateway(
  request: IncomingMessage,
  response: ServerResponse,
  instance: string,
  { accepted, rejected, denied }: FakeStage,
): Promise<void> {
  const body = await text(request);
  const path = request.url ?? '/';
  const isSigned = hasValidSignature(request, path, body);
  (isSigned ? accepted : rejected).push(path);
  if (!isSigned || denied.has(path))
    return void respond(response, 403, '{"message":"Forbidden"}', 'application/json');
  const answer = await fetch(`${instance}${path}`, {
    method: request.method ?? 'GET',
    headers: {
      'content-type': 'application/json',
      authorization: request.headers.authorization ?? '',
    },
    body,
  });
  response
    .writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
      [stageHeader]: 'dev',
      [accountHeader]: ACCOUNT,
    })
    .end(await answer.text());
}

/** Signs the request again with another implementation, as IAM would, and compares. */
function hasValidSignature({ headers, method }: IncomingMessage, path: string, body: string) {
  const unsigned = {
    service: 'execute-api',
    region,
    method: method ?? 'GET',
    path,
    headers: {
      Host: headers.host ?? '',
      'Content-Type': headers['content-type'] ?? '',
      'X-Amz-Date': String(headers['x-amz-date']),
      'X-Amz-Content-Sha256': String(headers['x-amz-content-sha256']),
    },
    body,
    // The SDK does not sign the length, which aws4 adds.
    extraHeadersToIgnore: { 'content-length': true },
  };
  const signed = aws4.sign(unsigned, credentials);
  return headers.authorization === signed.headers?.['Authorization'];
}

const stackXml = (apiUrl: string) => `
  <DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
    <DescribeStacksResult><Stacks><member>
      <StackName>stack</StackName>
      <CreationTime>2026-03-01T00:00:00Z</CreationTime>
      <StackStatus>UPDATE_COMPLETE</StackStatus>
      <Outputs><member>
        <OutputKey>ApiUrl</OutputKey><OutputValue>${apiUrl}</OutputValue>
      </member></Outputs>
    </member></Stacks></DescribeStacksResult>
  </DescribeStacksResponse>`;

/** Number that every metric of the stage has once in the shown time. */
export const METRIC_VALUE = 7;

async function respondWithMetrics(request: IncomingMessage, response: ServerResponse) {
  const { EndTime, MetricDataQueries } = JSON.parse(await text(request)) as {
    EndTime: number;
    MetricDataQueries: readonly { Id: string; MetricStat: { Period: number } }[];
  };
  const MetricDataResults = MetricDataQueries.map(({ Id, MetricStat: { Period } }) => ({
    Id,
    StatusCode: 'Complete',
    Timestamps: [Math.floor(EndTime / Period) * Period - 2 * Period],
    Values: [METRIC_VALUE],
  }));
  const body = JSON.stringify({ MetricDataResults, Messages: [] });
  respond(response, 200, body, 'application/x-amz-json-1.0');
}
