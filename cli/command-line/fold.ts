/** Breaks the lines of a text that are longer than the terminal is wide, between words. */
export const fold = (text: string, columns: number): string =>
  text
    .split('\n')
    .flatMap((line) => foldLine(line, columns))
    .join('\n');

/** Continues a line with its own indentation. A word that is longer than a line is not broken. */
function foldLine(line: string, columns: number): readonly string[] {
  if (line.length <= columns) return [line];
  const [indentation = ''] = /^ */.exec(line) ?? [];
  const lines: string[] = [];
  let current = indentation;
  for (const word of line.trim().split(/(?<= )(?=\S)/)) {
    const isFull = `${current}${word}`.trimEnd().length > columns;
    if (isFull && current.trim() !== '') {
      lines.push(current.trimEnd());
      current = indentation;
    }
    current += word;
  }
  return [...lines, current.trimEnd()];
}
