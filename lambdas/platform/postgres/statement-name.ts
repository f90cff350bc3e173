import { hash } from 'node:crypto';

const names = new Map<string, string>();

/**
 * Names a prepared statement by its text alone, because sessions of a pooler are shared by
 * functions of several deployments.
 */
export function statementName(text: string): string {
  const name = names.get(text) ?? hash('sha256', text, 'base64url');
  names.set(text, name);
  return name;
}
