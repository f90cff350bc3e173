/** States what this system does with events of some types, and why. docs/provider-events.md. */
export interface EventRule {
  readonly types: readonly string[];
  readonly handling: 'applied' | 'ignored';
  /** Effect of an applied event, or the reason to ignore it. */
  readonly explanation: string;
}

export const applies = (explanation: string, ...types: readonly string[]): EventRule => ({
  types,
  handling: 'applied',
  explanation,
});

export const ignores = (explanation: string, ...types: readonly string[]): EventRule => ({
  types,
  handling: 'ignored',
  explanation,
});

/** Returns each type that starts with `prefix` and ends with one of `endings`. */
export const typesOf = (prefix: string, ...endings: readonly string[]): readonly string[] =>
  endings.map((ending) => `${prefix}.${ending}`);
