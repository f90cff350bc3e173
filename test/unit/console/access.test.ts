import { describe, expect, test } from '@jest/globals';
import { aBackend, json, useConsoleServer } from '../../support/console/console-server.ts';

const serve = useConsoleServer();
const commandPath = '/console/api/commands';
const body = JSON.stringify({ command: 'events replay', arguments: { event: 'e1' } });

describe('a request that another page sends through the browser', () => {
  test.each([
    ['another host name that resolves to this machine', { host: 'evil.example' }],
    ['another host name with the right port', { host: 'evil.example:PORT' }],
    ['the right host with another port', { host: '127.0.0.1:1' }],
    ['the right host without the port', { host: '127.0.0.1' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['another port of this machine as its origin', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['the content type of a form', { 'content-type': 'text/plain' }],
    ['a browser that reports another site', { 'sec-fetch-site': 'cross-site' }],
    ['a browser that reports another port', { 'sec-fetch-site': 'same-site' }],
  ])('is rejected with %s', async (_, changes) => {
    const { backend, commands } = aBackend();
    const { ask, login, port } = await serve(backend);
    const filled = Object.entries(changes).map(([name, value]) => [
      name,
      value.replace('PORT', String(port)),
    ]);
    const headers = {
      host: `127.0.0.1:${port}`,
      ...json,
      ...(await login()),
      ...Object.fromEntries(filled),
    };

    const { statusCode } = await ask({ method: 'POST', path: commandPath, headers, body });

    expect(statusCode).toBe(403);
    expect(commands).toEqual([]);
  });

  test('is rejected without the cookie, which no browser sends for another site', async () => {
    const { backend, commands } = aBackend();
    const { ask, login, port } = await serve(backend);
    const { cookie } = await login();
    const wrong = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`;

    for (const headers of [json, { ...json, cookie: wrong }])
      expect(await ask({ method: 'POST', path: commandPath, headers, body })).toMatchObject({
        statusCode: 401,
      });
    for (const path of ['context', 'figures', 'mails'])
      expect((await ask({ path: `/console/api/${path}` })).statusCode).toBe(401);
    expect((await ask({ path: '/console/mails/m1/html' })).statusCode).toBe(401);
    expect(commands).toEqual([]);

    const allowed = { ...json, cookie, origin: `http://localhost:${port}` };
    const asLocalhost = { ...allowed, host: `localhost:${port}` };
    const options = { method: 'POST', path: commandPath, headers: asLocalhost, body };
    expect((await ask(options)).statusCode).toBe(200);
    expect(commands).toEqual([['events replay', { event: 'e1' }]]);
  });

  test('never receives a header that lets another origin read the answer', async () => {
    const { ask, login } = await serve(aBackend().backend);
    const headers = await login();

    for (const path of ['/console', '/console/api/context', '/console/assets/console.js']) {
      const answer = await ask({ path, headers });
      expect([path, answer.statusCode]).toEqual([path, 200]);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
    }
    const preflight = await ask({ method: 'OPTIONS', path: commandPath, headers });
    expect(preflight.statusCode).toBe(403);
  });
});

describe('the console of a stage', () => {
  test('opens only by the printed address, and removes the token from the address', async () => {
    const { ask, login, access, port } = await serve(aBackend().backend, 'link');

    expect((await ask({})).statusCode).toBe(401);
    expect((await ask({ path: '/console?token=wrong' })).statusCode).toBe(401);
    const opened = await ask({ path: `/console/events?token=${access.token}` });
    expect(opened).toMatchObject({ statusCode: 303, headers: { location: '/console/events' } });
    expect(opened.headers['set-cookie']).toEqual([
      `console_${port}=${access.token}; HttpOnly; SameSite=Strict; Path=/console`,
    ]);
    expect((await ask({ path: '/console/events', headers: await login() })).statusCode).toBe(200);
  });

  test('has another token after each start', async () => {
    const first = await serve(aBackend().backend, 'link');
    const second = await serve(aBackend().backend, 'link');
    const headers = {
      cookie: (await first.login()).cookie.replace(/^\w+/, `console_${second.port}`),
    };

    expect(first.access.token).not.toBe(second.access.token);
    expect((await second.ask({ headers })).statusCode).toBe(401);
  });
});

test('the console of this machine gives a session to every page load', async () => {
  const { ask, cookieOf } = await serve(aBackend().backend, 'open');
  const page = await ask({ path: '/console/events/mux/e1' });

  expect(page.statusCode).toBe(200);
  const headers = { cookie: cookieOf(page) };
  expect((await ask({ path: '/console/api/context', headers })).statusCode).toBe(200);
});
