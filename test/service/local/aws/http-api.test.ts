import { Agent, request, type ServerResponse } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { makeHttpApi, matchRoute } from '../../../../local/aws/http-api.ts';
import { httpApiEvent } from '../../../../local/aws/http-api-event.ts';
import { listen } from '../../../../local/aws/http-server.ts';

interface Request {
  readonly rawHeaders?: readonly string[];
  readonly body?: Buffer;
  readonly query?: string;
}

function event({
  rawHeaders = ['Content-Type', 'application/json'],
  body = Buffer.from('{}'),
  query = '',
}: Request = {}) {
  return httpApiEvent({
    request: {
      method: 'POST',
      headers: {},
      rawHeaders: [...rawHeaders],
      httpVersion: '1.1',
      socket: { remoteAddress: '127.0.0.1' } as never,
    },
    routeKey: 'POST /hooks',
    rawPath: '/hooks',
    rawQueryString: query,
    parameters: {},
    body,
    stagePrefix: '',
  });
}

describe('event of an HTTP API', () => {
  test('has lower-case header names, and joins repeated headers', () => {
    const { headers } = event({
      rawHeaders: ['Mux-Signature', 'a', 'MUX-SIGNATURE', 'b', 'Host', 'x'],
    });
    expect(headers).toMatchObject({ 'mux-signature': 'a,b', host: 'x' });
  });

  test('separates cookies from the other headers', () => {
    const { cookies, headers } = event({ rawHeaders: ['Cookie', 'a=1; b=2', 'Cookie', 'c=3'] });
    expect(cookies).toEqual(['a=1', 'b=2', 'c=3']);
    expect(headers).not.toHaveProperty('cookie');
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/xml',
  ])('has a body of %s as text', (type) => {
    const { body, isBase64Encoded } = event({
      rawHeaders: ['content-type', type],
      body: Buffer.from('{"a":"ü"}'),
    });
    expect([body, isBase64Encoded]).toEqual(['{"a":"ü"}', false]);
  });

  test.each([['application/octet-stream'], ['application/x-www-form-urlencoded'], [undefined]])(
    'has a body of type %s as base64',
    (type) => {
      const { body, isBase64Encoded } = event({
        rawHeaders: type ? ['content-type', type] : [],
        body: Buffer.from([0xff, 0]),
      });
      expect([body, isBase64Encoded]).toEqual(['/wA=', true]);
    },
  );

  test('has no body if the request has none', () => {
    expect(event({ body: Buffer.alloc(0) })).not.toHaveProperty('body');
    expect(event({ body: Buffer.alloc(0) }).isBase64Encoded).toBe(false);
  });

  test('joins the values of a repeated query parameter', () => {
    expect(event({ query: 'a=1&a=2&b=%20' }).queryStringParameters).toEqual({ a: '1,2', b: ' ' });
  });

  test('formats the time as web servers do in their logs', () => {
    expect(event().requestContext.time).toMatch(
      /^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/,
    );
  });
});

describe('route of a request', () => {
  const routes = [
    'ANY $default',
    'GET /files/{path+}',
    'GET /files/{id}',
    'GET /files/new',
    'ANY /files/new',
  ].map((key) => {
    const [method = '', path = ''] = key.split(' ');
    return { method, path, key };
  });
  const routeOf = (method: string, path: string) => matchRoute(routes, method, path)?.route.key;

  test.each([
    ['GET', '/files/new', 'GET /files/new'],
    ['POST', '/files/new', 'ANY /files/new'],
    ['GET', '/files/7', 'GET /files/{id}'],
    ['GET', '/files/7/parts', 'GET /files/{path+}'],
    ['POST', '/files/7', 'ANY $default'],
  ])('%s %s is %s', (method, path, key) => {
    expect(routeOf(method, path)).toBe(key);
  });

  test('returns the values of its variables', () => {
    expect(matchRoute(routes, 'GET', '/files/a/b')?.parameters).toEqual({ path: 'a/b' });
  });

  test('is undefined if no route matches', () => {
    expect(matchRoute(routes.slice(1), 'DELETE', '/files/7')).toBeUndefined();
    expect(matchRoute(routes.slice(1), 'GET', '/filesX')).toBeUndefined();
  });
});

test('closes although a client keeps asking on one connection', async () => {
  const api = makeHttpApi();
  const port = await listen(api.server, 0);
  const respond = async (_: unknown, response: ServerResponse) => void response.end();
  api.open([], '', { path: '/console', respond });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<boolean>((resolve) => {
      const options = { agent, port, host: '127.0.0.1', path: '/console' };
      const sent = request(options, (response) => {
        response.resume().once('end', () => resolve(true));
      });
      sent.once('error', () => resolve(false)).end();
    });
  let isOpen = await ask();
  const asking = (async () => {
    while (isOpen) isOpen = await ask();
  })();

  await api.close();

  await asking;
  expect(isOpen).toBe(false);
});
