import { KEY_LENGTH } from '../lambdas/portal-api/idempotency-key.ts';

export const keyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: `draft-ietf-httpapi-idempotency-key-header: a structured-field string of ${KEY_LENGTH.min} to ${KEY_LENGTH.max} characters, best a random UUID; without its quotes it is the same key. Keys are each caller's own (each role, whatever its session) and each operation's, and are kept for the hours of the stage's settings, 24 unless changed. The same request with the same key has the same answer. A refused request leaves its key free.`,
  schema: { type: 'string' },
  example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
};

export const headers = {
  IdempotentReplayed: {
    description:
      'There, and `true`, where the answer is that of an earlier request with this key, byte for byte',
    schema: { const: 'true' },
  },
  RetryAfter: {
    description: 'Seconds after which to send the same request again',
    schema: { type: 'integer' },
  },
};

export const securitySchemes = {
  sigv4: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'awsSigv4',
    description:
      'AWS Signature Version 4 for execute-api, by an identity that has the policy of the stack (its outputs name it)',
  },
};

export const schemas = {
  Problem: {
    type: 'object',
    description: 'https://www.rfc-editor.org/rfc/rfc9457',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string', description: 'What a program goes by' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      errors: {
        type: 'array',
        description: 'Every fault of the request, each with where it is',
        items: {
          type: 'object',
          required: ['detail'],
          properties: {
            pointer: { type: 'string', description: 'A JSON pointer into the body' },
            header: { type: 'string' },
            detail: { type: 'string' },
          },
        },
      },
    },
  },
};
