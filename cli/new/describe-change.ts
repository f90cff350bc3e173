import type { ChangedFile } from './changed-files.ts';

/** Lines around a change that a diff shows. */
const CONTEXT = 1;

/** Describes the changes of an existing file in the form of `diff -u`, without line numbers. */
export function describeEdit({ path, before = '', after }: ChangedFile): string {
  const lines = compareLines(before.split('\n'), after.split('\n'));
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(isChange);
  const shown = lines.map((line, index) => (isNear(index) ? line : undefined));
  const hunks = shown.filter((line, index) => line !== undefined || shown[index - 1] !== undefined);
  const text = hunks.map((line) => line ?? ' …');
  return [`--- a/${path}`, ...(text.at(-1) === ' …' ? text.slice(0, -1) : text)].join('\n');
}

const isChange = (line: string) => !line.startsWith(' ');

/** Compares line by line, by the longest common subsequence. */
function compareLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const start = commonLines(before, after);
  const end = commonLines(before.slice(start).toReversed(), after.slice(start).toReversed());
  const removed = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  const lengths = commonLengths(removed, added);
  const between: string[] = [];
  let [row, column] = [0, 0];
  while (row < removed.length || column < added.length) {
    const [down = 0, right = 0] = [lengths[row + 1]?.[column], lengths[row]?.[column + 1]];
    if (row < removed.length && column < added.length && removed[row] === added[column]) {
      between.push(` ${removed[row]}`);
      row += 1;
      column += 1;
    } else if (row < removed.length && (column >= added.length || down >= right)) {
      between.push(`-${removed[row]}`);
      row += 1;
    } else {
      between.push(`+${added[column]}`);
      column += 1;
    }
  }
  const unchanged = (lines: readonly string[]) => lines.map((line) => ` ${line}`);
  return [
    ...unchanged(before.slice(0, start)),
    ...between,
    ...unchanged(before.slice(before.length - end)),
  ];
}

function commonLines(one: readonly string[], other: readonly string[]): number {
  const index = one.findIndex((line, position) => line !== other[position]);
  return index === -1 ? Math.min(one.length, other.length) : index;
}

/** Length of the longest common subsequence of each pair of ends. */
function commonLengths(
  one: readonly string[],
  other: readonly string[],
): readonly (readonly number[])[] {
  const lengths = Array.from({ length: one.length + 1 }, () =>
    Array.from({ length: other.length + 1 }, () => 0),
  );
  for (let row = one.length - 1; row >= 0; row -= 1)
    for (let column = other.length - 1; column >= 0; column -= 1) {
      const value =
        one[row] === other[column]
          ? 1 + (lengths[row + 1]?.[column + 1] ?? 0)
          : Math.max(lengths[row + 1]?.[column] ?? 0, lengths[row]?.[column + 1] ?? 0);
      lengths[row]?.splice(column, 1, value);
    }
  return lengths;
}
