/** Shortens a text to `max` UTF-16 units, with `…` at the end. Never splits a character. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text.slice(0, max - 1);
  return `${isHighSurrogate(kept.charCodeAt(kept.length - 1)) ? kept.slice(0, -1) : kept}…`;
}

export const cutOptionalText = (text: string | null, max: number): string | null =>
  text === null ? null : cutText(text, max);

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
