/** Returns the text of a query, which is a string or an object with a text. */
export function textOf(query: unknown): string {
  return typeof query === 'string' ? query : (query as { readonly text: string }).text;
}
