/** Breaks the lines of a text that are longer than the terminal is wide, between words. */
export const fold = (text: string, columns: number): string =>
  joinParagraphs(text)
    .split('\n')
    .flatMap((line) => foldLine(line, columns))
    .join('\n');

/** Joins the lines of a paragraph. Indented lines are examples and tables, and stay as they are. */
const joinParagraphs = (text: string): string => text.replaceAll(/^(\S.*\S|\S) *\n(?=\S)/gm, '$1 ');

/** Continues a line below its text. A word that is longer than a line is not broken. */
function foldLine(line: string, columns: number): readonly string[] {
  if (line.length <= columns) return [line];
  const [indentation = ''] = /^ */.exec(line) ?? [];
  const continued = ' '.repeat(textColumn(line, indentation.length, columns));
  const lines: string[] = [];
  let current = indentation;
  for (const word of line.trim().split(/(?<= )(?=\S)/)) {
    const isFull = `${current}${word}`.trimEnd().length > columns;
    if (isFull && current.trim() !== '') {
      lines.push(current.trimEnd());
      current = continued;
    }
    current += word;
  }
  return [...lines, current.trimEnd()];
}

/** Narrowest column that a table's text is continued in. */
const MIN_TEXT_COLUMNS = 20;

/** Returns where the text of a line begins: after its indentation, or its name in a table. */
function textColumn(line: string, indentation: number, columns: number): number {
  const [name = ''] = /^ +\S(?:.*?\S)?? {2,}(?=\S)/.exec(line) ?? [];
  return name.length > 0 && name.length <= columns - MIN_TEXT_COLUMNS ? name.length : indentation;
}
