interface Addresses {
  readonly from: string;
  readonly replyTo: string;
}

/**
 * Returns the headers of a mail that no person wrote. Automatic replies answer to no such mail:
 * https://www.rfc-editor.org/rfc/rfc3834
 * @param list name of the list that a digest belongs to, by which readers filter and unsubscribe
 */
export function mailHeaders(
  list: string | undefined,
  { from, replyTo }: Addresses,
): Readonly<Record<string, string>> {
  const automatic = { 'Auto-Submitted': 'auto-generated' };
  if (list === undefined) return automatic;
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost';
  const subject = encodeURIComponent(`Unsubscribe from ${list}`);
  return {
    ...automatic,
    // https://www.rfc-editor.org/rfc/rfc2919
    'List-Id': `<${list}.${domain}>`,
    // Support removes a reader: the recipients are in the settings of the stage.
    'List-Unsubscribe': `<mailto:${replyTo}?subject=${subject}>`,
  };
}
