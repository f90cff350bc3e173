import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Protects the console from other programs and from other pages in the browser.
 * `open` gives the token to every page load, because other programs of this machine can reach the
 * local instance anyway. `link` gives it only to the address that the command printed.
 */
export interface ConsoleAccess {
  readonly token: string;
  readonly mode: 'open' | 'link';
}

export type AccessResult = 'allowed' | 'forbidden' | 'no-session';

export const makeAccess = (mode: ConsoleAccess['mode']): ConsoleAccess => ({
  token: randomBytes(32).toString('base64url'),
  mode,
});

/** Parameter of the printed address. */
export const TOKEN_PARAMETER = 'token';

/**
 * Rejects requests with another host name that resolves to this machine (DNS rebinding), and
 * requests of another origin.
 */
export function isFromThisConsole({ method, headers, socket }: IncomingMessage): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  const [, port] = /^(?:127\.0\.0\.1|localhost)(?::(\d+))?$/.exec(host) ?? [];
  if (Number(port ?? 80) !== socket.localPort) return false;
  if (origin !== undefined && origin !== `http://${host}`) return false;
  if (method === 'GET') return true;
  const isJson = headers['content-type']?.split(';')[0] === 'application/json';
  return isJson && (site === undefined || site === 'same-origin');
}

/** Cookies of one host are shared by all of its ports, so the name contains the port. */
const cookieName = ({ socket }: IncomingMessage) => `console_${socket.localPort}`;

export const hasSession = (request: IncomingMessage, { token }: ConsoleAccess): boolean => {
  const name = cookieName(request);
  const pairs = (request.headers.cookie ?? '').split(/;\s*/).map((pair) => pair.split('='));
  return pairs.some(([key, value = '']) => key === name && isEqual(value, token));
};

/** Decides whether a page load starts a session. */
export const mayStartSession = (
  { mode, token }: ConsoleAccess,
  parameters: URLSearchParams,
): boolean => mode === 'open' || isEqual(parameters.get(TOKEN_PARAMETER) ?? '', token);

/** A page of another site cannot make the browser send a cookie with SameSite=Strict. */
export const sessionCookie = (request: IncomingMessage, { token }: ConsoleAccess): string =>
  `${cookieName(request)}=${token}; HttpOnly; SameSite=Strict; Path=/console`;

const digest = (text: string) => createHash('sha256').update(text).digest();

const isEqual = (one: string, other: string) => timingSafeEqual(digest(one), digest(other));
