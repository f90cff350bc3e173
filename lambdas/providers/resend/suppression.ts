import type {
  Incident,
  IncidentKind,
  SuppressionReason,
} from '../../notifications/email-suppressions.queries.ts';

/** When bounces are reason enough to stop mailing an address. A complaint always is. */
export interface SuppressionRule {
  readonly permanentBounces: number;
  readonly transientBounces: number;
  /** Transient bounces count this long; permanent ones always. */
  readonly transientWindowDays: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Whether `incidents`, all since the address was last cleared and in any order, suppress it.
 * An unclear incident never does: a bounce that names no type may be anything.
 */
export function suppressionReason(
  incidents: readonly Pick<Incident, 'kind' | 'occurredAt'>[],
  rule: SuppressionRule,
): SuppressionReason | undefined {
  const times = (kind: IncidentKind) =>
    incidents.filter((one) => one.kind === kind).map((one) => one.occurredAt.getTime());
  if (times('complaint').length > 0) return 'complaint';
  if (times('permanent').length >= rule.permanentBounces) return 'permanent-bounces';
  if (mostWithin(times('transient'), rule.transientWindowDays * DAY_MS) >= rule.transientBounces) {
    return 'transient-bounces';
  }
  return undefined;
}

/** The most of `times` that lie in any one window, so that the order in which they arrive does not matter. */
function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return Math.max(
    0,
    ...sorted.map(
      (from, index) => sorted.slice(index).filter((time) => time - from <= windowMs).length,
    ),
  );
}

/** `2/5/30`: 2 permanent, or 5 transient within 30 days. @throws for anything else, naming the form. */
export function parseSuppressionRule(text: string): SuppressionRule {
  const [, permanent, transient, days] = /^([1-9]\d*)\/([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (permanent === undefined) {
    throw new Error(
      `The suppression rule '${text}' is not <permanent bounces>/<transient bounces>/<days>, such as 2/5/30.`,
    );
  }
  return {
    permanentBounces: Number(permanent),
    transientBounces: Number(transient),
    transientWindowDays: Number(days),
  };
}
