import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { contracts } from '../portal-api/contracts.ts';
import { makeHandlePortalRequest } from '../portal-api/handle-portal-request.ts';
import {
  idempotentRunVariables,
  openIdempotentRunOptions,
} from '../portal-api/idempotent-run-options.ts';
import { runIdempotentInTransaction } from '../portal-api/run-idempotent.ts';
import { makeCreateShareLink } from './create-share-link.ts';

const env = readEnv([...idempotentRunVariables, 'PORTAL_URL', 'SHARE_LINK_MAX_DAYS']);
const operation = 'create-share-link';
const options = openIdempotentRunOptions(operation, env, systemClock);
const createShareLink = makeCreateShareLink({
  portalUrl: env.PORTAL_URL,
  maxDays: Number(env.SHARE_LINK_MAX_DAYS),
  now: systemClock,
});

export const handler = makeHandlePortalRequest({
  operation,
  request: contracts[operation].request,
  runIdempotent: runIdempotentInTransaction(options, createShareLink),
  now: systemClock,
});
