/** Cell of a table: HTML, or HTML with a class. */
export type Cell = string | { readonly html: string; readonly className: string };

/**
 * Renders a table. Columns from `firstNumber` on are aligned as numbers. Each cell names its column
 * for narrow screens, which show a row as lines.
 */
export function htmlTable(
  head: readonly string[],
  lines: readonly (readonly Cell[])[],
  firstNumber: number,
): string {
  // The text of the section says that there is no row.
  if (lines.length === 0) return '';
  const names = head.map((name, index) => `<th${classOf(index, firstNumber)}>${name}</th>`);
  const body = lines.map((line) => {
    const cells = line.map((cell, index) =>
      renderCell(cell, head[index] ?? '', index, firstNumber),
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return [
    `<table><thead><tr>${names.join('')}</tr></thead><tbody>`,
    ...body,
    '</tbody></table>',
  ].join('\n');
}

function renderCell(cell: Cell, name: string, index: number, firstNumber: number): string {
  const { html, className } = typeof cell === 'string' ? { html: cell, className: '' } : cell;
  return `<td data-name="${name}"${classOf(index, firstNumber, className)}>${html}</td>`;
}

function classOf(index: number, firstNumber: number, className = ''): string {
  const classes = [index >= firstNumber ? 'number' : '', className].filter((name) => name !== '');
  return classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
}
