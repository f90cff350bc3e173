import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { cachedSecret } from '../platform/secret-cache.ts';
import { contracts } from '../portal-api/contracts.ts';
import { makeHandlePortalRequest } from '../portal-api/handle-portal-request.ts';
import {
  idempotentRunVariables,
  openIdempotentRunOptions,
} from '../portal-api/idempotent-run-options.ts';
import { runIdempotentAroundExternalCall } from '../portal-api/run-idempotent.ts';
import { makeCreateUpload } from './create-upload.ts';
import { makeCreateDirectUpload } from './mux-direct-upload.ts';

const variables = ['MUX_API_TOKEN_SECRET_ID', 'PORTAL_URL', 'UPLOAD_URL_MINUTES'] as const;
const env = readEnv([...idempotentRunVariables, ...variables]);
const operation = 'create-upload';
const options = openIdempotentRunOptions(operation, env, systemClock);
const apiToken = cachedSecret({
  secretId: env.MUX_API_TOKEN_SECRET_ID,
  fetch: fetchSecretValue,
  now: systemClock,
});
const uploadSeconds = Number(env.UPLOAD_URL_MINUTES) * 60;
const corsOrigin = env.PORTAL_URL;
const createDirectUpload = makeCreateDirectUpload({ apiToken, corsOrigin, uploadSeconds });
const createUpload = makeCreateUpload({
  ...options,
  createDirectUpload,
  uploadSeconds,
  now: systemClock,
});

export const handler = makeHandlePortalRequest({
  operation,
  request: contracts[operation].request,
  runIdempotent: runIdempotentAroundExternalCall(options, createUpload),
  now: systemClock,
});
