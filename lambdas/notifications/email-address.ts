/**
 * Returns the address in lower case without a display name: `Ann Lee <Ann@X.org>` → `ann@x.org`.
 */
export function bareAddress(recipient: string): string {
  const named = /<([^<>]+)>\s*$/.exec(recipient);
  return (named?.[1] ?? recipient).trim().toLowerCase();
}
