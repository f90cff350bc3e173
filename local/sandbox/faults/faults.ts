import { seededRandom } from './seeded-random.ts';

/** Faults of a provider, each as a percentage from 0 to 100. The same plan has the same faults. */
export interface FaultPlan {
  readonly seed?: number;
  /** Deliveries that never leave the provider, which then gives up. */
  readonly dropPercent?: number;
  /** Deliveries that leave `delayMs` late. */
  readonly delayPercent?: number;
  readonly delayMs?: number;
  /** Deliveries that leave after the next one. */
  readonly reorderPercent?: number;
  /** Dropped deliveries that the provider's list calls delivered. */
  readonly misreportPercent?: number;
  /** Events that the provider's list lacks. */
  readonly hidePercent?: number;
  /** Requests to the API that are answered 429, 422 or 500, each equally often. */
  readonly errorPercent?: number;
}

export type DeliveryFault =
  | { readonly kind: 'drop'; readonly misreported: boolean }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'reorder' };

export type ApiFault = 429 | 422 | 500;

export interface Faults {
  /** Starts a plan from its seed. An empty plan ends all faults. */
  plan(plan: FaultPlan): void;
  /** Draws the fault of one delivery; undefined if it leaves at once. */
  delivery(): DeliveryFault | undefined;
  /** Draws the status with which one request to the API fails; undefined if it is answered. */
  request(): ApiFault | undefined;
  /** Draws whether the provider's list lacks an event. */
  hides(): boolean;
}

const statuses: readonly ApiFault[] = [429, 422, 500];

/** Makes a provider without faults. `plan` adds them. */
export function makeFaults(): Faults {
  let current: FaultPlan = {};
  let random = seededRandom(0);
  const draws = (percent = 0) => percent > 0 && random() * 100 < percent;
  return {
    plan(plan) {
      current = plan;
      random = seededRandom(plan.seed ?? 1);
    },
    delivery() {
      if (draws(current.dropPercent))
        return { kind: 'drop', misreported: draws(current.misreportPercent) };
      if (draws(current.delayPercent)) return { kind: 'delay', ms: current.delayMs ?? 1_000 };
      return draws(current.reorderPercent) ? { kind: 'reorder' } : undefined;
    },
    request: () =>
      draws(current.errorPercent) ? statuses[Math.floor(random() * statuses.length)] : undefined,
    hides: () => draws(current.hidePercent),
  };
}
