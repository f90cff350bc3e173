import { hash } from 'node:crypto';

const known = new Map<string, string>();

/** Under which the server keeps it. From the text alone: a pooler's sessions serve functions of several versions. */
export function statementName(text: string): string {
  const name = known.get(text) ?? hash('sha256', text, 'base64url');
  known.set(text, name);
  return name;
}
