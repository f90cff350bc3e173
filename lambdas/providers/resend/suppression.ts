import type {
  Incident,
  IncidentKind,
  SuppressionReason,
} from '../../notifications/email-suppressions.queries.ts';

/** Numbers of bounces that suppress an address. One complaint always does. */
export interface SuppressionRule {
  readonly permanentBounces: number;
  readonly transientBounces: number;
  /** Transient bounces older than this window do not count. Permanent bounces always count. */
  readonly transientWindowDays: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Returns why the incidents suppress their address, or undefined if they do not.
 * An unclear incident never suppresses, because a bounce without a type can have any cause.
 * @param incidents All incidents since the last lift of the suppression, in any order.
 */
export function suppressionReason(
  incidents: readonly Pick<Incident, 'kind' | 'occurredAt'>[],
  rule: SuppressionRule,
): SuppressionReason | undefined {
  const times = (kind: IncidentKind) =>
    incidents
      .filter((incident) => incident.kind === kind)
      .map((incident) => incident.occurredAt.getTime());
  if (times('complaint').length > 0) return 'complaint';
  if (times('permanent').length >= rule.permanentBounces) return 'permanent-bounces';
  if (mostWithin(times('transient'), rule.transientWindowDays * DAY_MS) >= rule.transientBounces) {
    return 'transient-bounces';
  }
  return undefined;
}

/**
 * Returns the highest number of times in any window, so that the order of arrival does not matter.
 */
function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return Math.max(
    0,
    ...sorted.map(
      (from, index) => sorted.slice(index).filter((time) => time - from <= windowMs).length,
    ),
  );
}

/**
 * Parses a rule such as `2/5/30`: 2 permanent bounces, or 5 transient bounces within 30 days.
 * @throws for any other form.
 */
export function parseSuppressionRule(text: string): SuppressionRule {
  const [, permanent, transient, days] = /^([1-9]\d*)\/([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (permanent === undefined) {
    throw new Error(
      `The suppression rule '${text}' must have a form such as 2/5/30: permanent/transient/days.`,
    );
  }
  return {
    permanentBounces: Number(permanent),
    transientBounces: Number(transient),
    transientWindowDays: Number(days),
  };
}
