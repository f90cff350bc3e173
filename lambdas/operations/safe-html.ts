import { escapeHtml } from '../platform/html.ts';

/** HTML that contains no unescaped value. Only `html` and `jsonText` create it. */
export class SafeHtml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | null | undefined | SafeHtml | readonly SafeHtml[];

/** Escapes every value except SafeHtml. A value in an attribute must be in quotes. */
export function html(texts: TemplateStringsArray, ...values: readonly Value[]): SafeHtml {
  return new SafeHtml(
    texts.map((text, index) => (index === 0 ? '' : toHtml(values[index - 1])) + text).join(''),
  );
}

function toHtml(value: Value): string {
  if (value instanceof SafeHtml) return value.text;
  if (Array.isArray(value)) return value.map(({ text }: SafeHtml) => text).join('');
  return escapeHtml(String(value ?? ''));
}

/**
 * Writes JSON whose text is the same in HTML and in plain text: markup characters become `\uXXXX`.
 */
export const jsonText = (value: unknown): SafeHtml =>
  new SafeHtml(
    JSON.stringify(value).replace(
      /[&<>'`\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
