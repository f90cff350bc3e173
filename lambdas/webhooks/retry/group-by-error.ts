import type { UnappliedEvent } from '../failed-events.queries.ts';

/** Events of one provider that ended with the same error code. */
export interface ErrorGroup {
  readonly source: string;
  readonly errorCode: string | null;
  /** Message of the oldest event. */
  readonly errorMessage: string | null;
  readonly events: number;
}

/** Groups events by provider and error code, the largest group first. */
export function groupByError(events: readonly UnappliedEvent[]): readonly ErrorGroup[] {
  const groups = Map.groupBy(events, ({ source, errorCode }) =>
    JSON.stringify([source, errorCode]),
  );
  return [...groups.values()]
    .flatMap(([first, ...others]) =>
      first === undefined
        ? []
        : [
            {
              source: first.source,
              errorCode: first.errorCode,
              errorMessage: first.errorMessage,
              events: others.length + 1,
            },
          ],
    )
    .toSorted((one, other) => other.events - one.events);
}
