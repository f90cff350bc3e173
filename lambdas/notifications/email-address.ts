import { domainToASCII } from 'node:url';

/**
 * Returns the one form in which addresses are stored and compared: no display name, no `mailto:`,
 * lower case, and the domain in ASCII. `Ann <Ann@Bücher.example>` → `ann@xn--bcher-kva.example`.
 * Mail servers may distinguish upper and lower case before the `@`, but none in use does.
 */
export function canonicalAddress(text: string): string {
  const address = withoutScheme(withoutDisplayName(text.trim()))
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFC')
    .trim();
  const at = address.lastIndexOf('@');
  return at < 0 ? address : `${address.slice(0, at).trim()}@${asciiDomain(address.slice(at + 1))}`;
}

function withoutDisplayName(text: string): string {
  const named = /<([^<>]+)>$/.exec(text);
  return named?.[1]?.trim() ?? text;
}

/** Removes the scheme and the header fields of a mail link: https://www.rfc-editor.org/rfc/rfc6068 */
function withoutScheme(text: string): string {
  const linked = /^mailto:([^?]*)/i.exec(text)?.[1];
  if (linked === undefined) return text;
  try {
    return decodeURIComponent(linked).trim();
  } catch {
    return linked.trim();
  }
}

/** Returns an invalid domain, an address literal such as `[192.0.2.1]` included, as it is. */
function asciiDomain(text: string): string {
  const domain = text.trim().replace(/\.$/, '');
  // The URL parser decodes percent signs and reads `0x7f.1` as an IP address.
  if (!/^[^\s%:/?#@[\]\\]+$/.test(domain) || /(^|\.)(\d+|0x[\da-f]*)\.?$/.test(domain))
    return domain;
  return domainToASCII(domain) || domain;
}
