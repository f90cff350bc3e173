import { KEY_LENGTH } from '../lambdas/portal-api/idempotency-key.ts';

export const idempotencyKeyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: [
    'As in draft-ietf-httpapi-idempotency-key-header: a structured-field string of',
    `${KEY_LENGTH.min} to ${KEY_LENGTH.max} characters, preferably a random UUID.`,
    'The same text without quotes is the same key.',
    'Keys are separate for each caller (a role, in any session) and for each operation.',
    "They are stored for the hours of the stage's configuration, by default 24.",
    'The same request with the same key returns the same response.',
    'A rejected request does not use up its key.',
  ].join(' '),
  schema: { type: 'string' },
  example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
};

export const headers = {
  IdempotentReplayed: {
    description:
      'Present, with the value `true`, if this is the response of an earlier request with this ' +
      'key, repeated byte for byte',
    schema: { const: 'true' },
  },
  UrlExpired: {
    description:
      'Present, with the value `true`, if this is a replay and its URL has expired since. ' +
      'Send the request with a new Idempotency-Key to get a new URL',
    schema: { const: 'true' },
  },
  Link: {
    description: 'Present beside Url-Expired: the path that creates a new URL, as in RFC 8288',
    schema: { type: 'string' },
    example: '</api/v1/uploads>; rel="create-form"; title="…"',
  },
  RetryAfter: {
    description: 'Seconds to wait before sending the same request again',
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
      "AWS Signature Version 4 for execute-api, by an identity with the stack's managed policy " +
      '(named in the outputs of the stack)',
  },
};

/** Describes the signature of a provider's deliveries; the last of the headers carries it. */
export const signatureScheme = (provider: string, names: readonly string[]) => ({
  type: 'apiKey',
  in: 'header',
  name: names.at(-1),
  description: `HMAC-SHA256 that ${provider} computes with the webhook's signing secret`,
});

export const schemas = {
  Problem: {
    type: 'object',
    description: 'https://www.rfc-editor.org/rfc/rfc9457',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string', description: 'Identifies the problem; clients branch on this value' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      errors: {
        type: 'array',
        description: 'All invalid parts of the request, with their locations',
        items: {
          type: 'object',
          required: ['detail'],
          properties: {
            pointer: { type: 'string', description: 'JSON pointer into the body' },
            header: { type: 'string' },
            detail: { type: 'string' },
          },
        },
      },
    },
  },
};
