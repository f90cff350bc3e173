/** Of one figure over the rounds. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

export interface Limit {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One line of the result. A row is that of the table of targets; what has no row stands for itself. */
export interface Finding {
  /** By which other figures are worked out from it. */
  readonly id?: string;
  readonly row?: number;
  readonly what: string;
  /** `×` for a ratio of two measurements of the same round. */
  readonly unit: string;
  readonly value: Summary;
  readonly target?: Limit;
}

export interface PartReport {
  readonly part: PartName;
  readonly title: string;
  readonly takenAt: string;
  readonly tookSeconds: number;
  readonly machine: Machine;
  readonly rounds: number;
  readonly quick: boolean;
  readonly findings: readonly Finding[];
  /** What was not measured and why, and what a figure does not say. */
  readonly notes: readonly string[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  readonly fdatasyncUs: number;
  /** Of the last minute, when the part began: other work on the machine makes the figures worse. */
  readonly loadAverage: number;
}

export interface BenchSettings {
  readonly rounds: number;
  readonly quick: boolean;
  /** How long one variant runs in one round. */
  readonly sliceSeconds: number;
  progress(text: string): void;
}

export interface Measured {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

/** In the order in which they are measured and told of. */
export const partNames = [
  'verifier',
  'processor',
  'pipeline',
  'jobs',
  'memory',
  'profile',
] as const;

export type PartName = (typeof partNames)[number];

export interface Part {
  readonly name: PartName;
  readonly title: string;
  run(settings: BenchSettings): Promise<Measured>;
}

/** Undefined where there is no target. */
export function reached({ value, target }: Finding): boolean | undefined {
  if (target === undefined) return undefined;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = target;
  return value.median >= atLeast && value.median <= atMost;
}
