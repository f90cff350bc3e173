/** Shortest beginning of a word that stands for the word. */
const MIN_BEGINNING = 3;

/**
 * Returns the candidates that begin with `word` or differ from it by a typing error, the most
 * similar first. Capitals are no difference.
 */
export function similarTo(word: string, candidates: readonly string[]): readonly string[] {
  const limit = Math.max(1, Math.floor(word.length * 0.4));
  return candidates
    .map((candidate) => ({
      candidate,
      distance: distanceTo(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((one, other) => one.distance - other.distance)
    .map(({ candidate }) => candidate);
}

function distanceTo(word: string, candidate: string): number {
  const isBeginning = word.length >= MIN_BEGINNING && candidate.startsWith(word);
  return isBeginning ? 1 : editDistance(word, candidate);
}

/** Returns the sentence that names the most similar candidate, or an empty text. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const [first] = similarTo(word, candidates);
  return first === undefined ? '' : ` Did you mean '${first}'?`;
}

/**
 * Counts insertions, deletions, substitutions and swaps of neighbours (optimal string alignment):
 * https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
export function editDistance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row++) {
    rows.push([row]);
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwap ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
