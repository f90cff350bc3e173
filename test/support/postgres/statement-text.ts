/** Of what Postgres is asked: a text, or an object with one. */
export function textOf(query: unknown): string {
  return typeof query === 'string' ? query : (query as { readonly text: string }).text;
}
