import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');

/**
 * Builds the page as one file with inline style and script.
 * The content security policy allows only this style and this script, by their hashes.
 */
export function buildConsoleHtml(): { readonly html: string; readonly policy: string } {
  const style = read('page.css');
  const modules = [read('tables.js'), read('page.js')].join('\n');
  const statements = modules.replace(/^import .*\n/gm, '').replace(/^export /gm, '');
  const script = `'use strict';\n${statements}`;
  const html = read('page.html')
    .replace('/* page.css */', () => style)
    .replace('/* page.js */', () => script);
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = [
    "default-src 'none'",
    "connect-src 'self'",
    'img-src data:',
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}
