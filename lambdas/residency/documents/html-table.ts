/** Cell of a table: HTML, or HTML with a class. */
export type Cell = string | { readonly html: string; readonly className: string };

/** Renders a table. Columns from `firstNumber` on are aligned as numbers. */
export function htmlTable(
  head: readonly string[],
  lines: readonly (readonly Cell[])[],
  firstNumber: number,
): string {
  const render = (line: readonly Cell[], tag: string) =>
    line.map((cell, index) => renderCell(cell, tag, index >= firstNumber)).join('');
  const body = lines.map((line) => `<tr>${render(line, 'td')}</tr>`).join('\n');
  return `<table><thead><tr>${render(head, 'th')}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

function renderCell(cell: Cell, tag: string, isNumber: boolean): string {
  const { html, className } = typeof cell === 'string' ? { html: cell, className: '' } : cell;
  const classes = [isNumber ? 'number' : '', className].filter((name) => name !== '').join(' ');
  return `<${tag}${classes === '' ? '' : ` class="${classes}"`}>${html}</${tag}>`;
}
