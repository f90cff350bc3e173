import type { z } from 'zod';
import {
  operationsPath,
  commands as operatorCommands,
} from '../lambdas/catalog/operator-commands.ts';
import { type Command, type CommandName, commands } from '../lambdas/catalog/portal-api.ts';
import { type Provider, providers, webhookPath } from '../lambdas/catalog/providers.ts';
import { contracts } from '../lambdas/portal-api/contracts.ts';
import { type ProblemType, problemStatuses } from '../lambdas/portal-api/problem.ts';
import { statusCodes } from '../lambdas/webhooks/ingest/delivery-outcome.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { headers, keyParameter, schemas, securitySchemes } from './openapi-components.ts';

type Json = Readonly<Record<string, unknown>>;

/** Those that any command may meet. */
const everyCommand: readonly ProblemType[] = [
  'idempotency-key-missing',
  'idempotency-key-malformed',
  'invalid-request',
  'forbidden',
  'request-in-progress',
  'idempotency-key-reused',
  'failed',
  'try-again',
];

/** Headers that a provider signs with, or that it needs for that. */
const signatureHeaders: Readonly<Record<Provider, readonly string[]>> = {
  mux: ['Mux-Signature'],
  resend: ['svix-id', 'svix-timestamp', 'svix-signature'],
};

/** docs/openapi.json: every route that there is. */
export function describeOpenApi(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Motion Mavericks: webhooks and commands',
      version: '1',
      description:
        'Written by `npm run docs` from the schemas that the functions check requests with, and from the lists of providers and commands.',
    },
    servers: [
      {
        url: 'https://{apiId}.execute-api.ap-southeast-2.amazonaws.com',
        variables: { apiId: { default: 'api' } },
      },
    ],
    paths: {
      ...Object.fromEntries(
        commands.map((command) => [command.path, { post: commandOperation(command) }]),
      ),
      ...Object.fromEntries(
        providers.map((provider) => [webhookPath(provider), { post: webhookOperation(provider) }]),
      ),
      [operationsPath]: { post: operatorOperation() },
    },
    components: { schemas, parameters: { IdempotencyKey: keyParameter }, headers, securitySchemes },
  };
}

function commandOperation({ name }: Command): Json {
  const { summary, request, answer, problems } = contracts[name as CommandName];
  const refusals = Map.groupBy([...everyCommand, ...problems], (type) => problemStatuses[type]);
  return {
    operationId: name,
    tags: ['commands'],
    summary,
    security: [{ sigv4: [] }],
    parameters: [{ $ref: '#/components/parameters/IdempotencyKey' }],
    requestBody: { required: true, content: json(schemaOf(request, 'input')) },
    responses: {
      201: {
        description: 'Done: now, or by an earlier request with this key',
        headers: { 'Idempotent-Replayed': { $ref: '#/components/headers/IdempotentReplayed' } },
        content: json(schemaOf(answer, 'output')),
      },
      ...Object.fromEntries([...refusals].sort(([one], [other]) => one - other).map(refusal)),
    },
  };
}

function refusal([status, types]: [number, readonly ProblemType[]]): [string, Json] {
  const mayWait = types.includes('request-in-progress') || types.includes('try-again');
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { type: { enum: types } } }],
  };
  return [
    String(status),
    {
      description: types.join(', '),
      ...(mayWait
        ? { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }
        : {}),
      content: { 'application/problem+json': { schema } },
    },
  ];
}

function webhookOperation(provider: Provider): Json {
  const codes = Map.groupBy(Object.entries(statusCodes), ([, status]) => status);
  return {
    operationId: `receive-${provider}`,
    tags: ['webhooks'],
    summary: `Where ${provider} posts its events`,
    description:
      'The signature is over the bytes as they came. Anything but 200 asks the provider to send it again.',
    parameters: signatureHeaders[provider].map((name) => ({
      name,
      in: 'header',
      required: true,
      schema: { type: 'string' },
    })),
    requestBody: { required: true, content: json({ type: 'object' }) },
    responses: Object.fromEntries(
      [...codes].map(([status, entries]) => {
        const code = { enum: entries.map(([name]) => name) };
        const schema = { type: 'object', required: ['code'], properties: { code } };
        return [String(status), { description: code.enum.join(', '), content: json(schema) }];
      }),
    ),
  };
}

function operatorOperation(): Json {
  const oneOf = Object.entries(operatorCommands).map(
    ([command, { summary, arguments: schema }]) => ({
      type: 'object',
      title: command,
      description: summary,
      required: ['command'],
      properties: { command: { const: command }, arguments: schemaOf(schema, 'input') },
      additionalProperties: false,
    }),
  );
  const problem = {
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  return {
    operationId: 'operate',
    tags: ['operations'],
    summary: "Operators' commands; npm run ops sends them",
    security: [{ sigv4: [] }],
    requestBody: { required: true, content: json({ oneOf }) },
    responses: {
      200: { description: 'What there is, or what was done', content: json({ type: 'object' }) },
      400: { description: 'Not a command, or not its arguments', ...problem },
      403: { description: 'Not signed by an identity of AWS', ...problem },
      404: { description: 'There is nothing that the arguments name', ...problem },
      500: { description: 'It failed', ...problem },
    },
  };
}

const json = (schema: Json) => ({ 'application/json': { schema } });

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...described } = jsonSchemaOf(schema, io);
  return described;
}
