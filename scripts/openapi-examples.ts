import type { z } from 'zod';
import type { PortalOperationName } from '../lambdas/catalog/portal-api.ts';
import { providers } from '../lambdas/catalog/providers.ts';
import type { contracts } from '../lambdas/portal-api/contracts.ts';

type Contracts = typeof contracts;

interface Example<Name extends PortalOperationName> {
  readonly request: z.input<Contracts[Name]['request']>;
  readonly response: z.output<Contracts[Name]['response']>;
}

const assetId = '20000000-0000-4000-8000-000000000001';
const ownerId = '10000000-0000-4000-8000-000000000001';

/** A request and its response of each portal operation; a test parses them with the contracts. */
export const portalExamples: { readonly [Name in PortalOperationName]: Example<Name> } = {
  'create-share-link': {
    request: {
      assetId,
      ownerId,
      expiresAt: '2026-12-05T12:00:00+11:00',
      label: 'For the sponsors',
    },
    response: {
      id: '30000000-0000-4000-8000-000000000001',
      assetId,
      ownerId,
      label: 'For the sponsors',
      expiresAt: '2026-12-05T01:00:00.000Z',
      token: 'Jb2mWm8s1ZrSx5C5cXyPpXf0dB1s4dJXqQn3mXv1k7E',
      url: 'https://portal.example/share/Jb2mWm8s1ZrSx5C5cXyPpXf0dB1s4dJXqQn3mXv1k7E',
    },
  },
  'create-upload': {
    request: { ownerId, title: 'Bathurst highlights', playbackPolicy: 'signed' },
    response: {
      assetId,
      uploadUrl: 'https://storage.googleapis.com/video-storage-upload/example',
      uploadExpiresAt: '2026-11-28T11:15:00.000Z',
    },
  },
};

/** Requests of operators by command; a test parses each with the command's schema. */
export const operatorExamples = {
  'events list': { provider: providers[0], limit: 20 },
  'events show': { provider: providers[0], event: 'e1f3c9b2-6b1f-4f6e-9a53-0f0f7a3a1c55' },
} as const;

/** Example of a problem response. */
export const problemExample = {
  type: 'invalid-request',
  title: 'invalid request',
  status: 400,
  detail: 'The body does not match the schema',
  errors: [{ pointer: '/expiresAt', detail: 'expected a time in the future' }],
};
