import { escapeHtml } from '../platform/html.ts';

/** HTML that is safe to put into HTML. Only `html` makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | null | undefined | Markup | readonly Markup[];

/** Every value is text and is escaped, but for what was made by `html` itself. Attributes have to be in quotes. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    texts.map((text, index) => (index === 0 ? '' : insert(parts[index - 1])) + text).join(''),
  );
}

function insert(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(({ text }: Markup) => text).join('');
  return escapeHtml(String(part ?? ''));
}

/** JSON that stays as it is, whether what surrounds it is read as HTML or as text. */
export const jsonText = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value).replace(
      /[&<>'`\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
