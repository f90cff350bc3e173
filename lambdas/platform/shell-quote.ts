/**
 * Quotes a text as one word for a POSIX shell. Plain words stay unquoted, because people read the
 * commands.
 */
export function shellQuote(text: string): string {
  return /^[\w.:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
