import type { Provider } from '../catalog/providers.ts';
import type { RotatedSecret } from '../platform/aws/secret-versions.ts';
import type { Clock } from '../platform/clock.ts';
import { makePlanMuxRotation } from './mux-rotation-plan.ts';
import { openMuxWebhooks } from './mux-webhooks-api.ts';
import { makePlanResendRotation } from './resend-rotation-plan.ts';
import { openResendWebhooks } from './resend-webhooks-api.ts';
import type { PlanRotation } from './rotation.ts';
import type { VersionUsage } from './version-usage.ts';

export interface RotationDeps {
  /** Reads the API key with which the provider's webhooks are managed. */
  readonly readKey: () => Promise<string>;
  /** URL that the provider sends webhooks to. */
  readonly address: string;
  readonly secret: RotatedSecret;
  readonly readUsage: () => Promise<VersionUsage>;
  readonly now: Clock;
}

/**
 * Rotations by provider. A provider is here if its descriptor has a `webhooksKey`. The descriptor
 * does not name its rotation, because infrastructure loads it and rotations load API clients.
 */
export const rotations: Readonly<Partial<Record<Provider, (deps: RotationDeps) => PlanRotation>>> =
  {
    mux: ({ readKey, address, ...deps }) =>
      makePlanMuxRotation({ ...deps, webhooks: openMuxWebhooks({ apiToken: readKey, address }) }),
    resend: ({ readKey, address, ...deps }) =>
      makePlanResendRotation({
        ...deps,
        webhooks: openResendWebhooks({ apiKey: readKey, address }),
      }),
  };
