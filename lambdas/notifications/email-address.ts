/** `Ann Lee <Ann@Example.org>` and `ann@example.org` are one address. */
export function bareAddress(recipient: string): string {
  const named = /<([^<>]+)>\s*$/.exec(recipient);
  return (named?.[1] ?? recipient).trim().toLowerCase();
}
