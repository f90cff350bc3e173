import type { ServerResponse } from 'node:http';
import type { PageBundle } from './bundle-page.ts';

const securityHeaders = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * A mail runs no script, loads nothing from the internet and cannot reach the console: its frame
 * has an origin of its own.
 */
const mailPolicy = [
  'sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

export function sendJson(response: ServerResponse, statusCode: number, body: object): void {
  response
    .writeHead(statusCode, { ...securityHeaders, 'content-type': 'application/json' })
    .end(JSON.stringify(body));
}

export const sendProblem = (response: ServerResponse, statusCode: number, detail: string) =>
  sendJson(response, statusCode, { detail });

export function sendPage(response: ServerResponse, { version }: PageBundle, cookie?: string): void {
  response
    .writeHead(200, {
      ...securityHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy,
      'x-frame-options': 'DENY',
      ...(cookie === undefined ? {} : { 'set-cookie': cookie }),
    })
    .end(pageHtml(version));
}

/** @param resources HTML of the styles and scripts. */
const documentOf = (resources: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Console</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
${resources}
</head>
<body>
${body}
</body>
</html>
`;

const pageHtml = (version: string) =>
  documentOf(
    `<link rel="stylesheet" href="/console/assets/console.css?${version}">
<script type="module" src="/console/assets/console.js?${version}"></script>`,
    `<div id="root"></div>
<noscript>The console needs JavaScript.</noscript>`,
  );

/** Answers a page load without the token of this start. The console's styles need it as well. */
export function sendNoSession(response: ServerResponse): void {
  response
    .writeHead(401, {
      ...securityHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': noSessionPolicy,
      'x-frame-options': 'DENY',
    })
    .end(noSessionHtml);
}

const noSessionPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const noSessionHtml = documentOf(
  `<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem; }
h1 { font-size: 1.375rem; line-height: 1.25; }
</style>`,
  `<main>
<h1>Open the printed address</h1>
<p>This console accepts only the address that its command printed at this start: in the terminal,
after “Console of”. An address of an earlier start is not accepted.</p>
</main>`,
);

export function redirect(response: ServerResponse, location: string, cookie: string): void {
  response.writeHead(303, { ...securityHeaders, location, 'set-cookie': cookie }).end();
}

export function sendAsset(response: ServerResponse, contentType: string, text: string): void {
  response
    .writeHead(200, {
      ...securityHeaders,
      'cache-control': 'private, max-age=31536000, immutable',
      'content-type': `${contentType}; charset=utf-8`,
    })
    .end(text);
}

export function sendMail(response: ServerResponse, html: string): void {
  response
    .writeHead(200, {
      ...securityHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': mailPolicy,
    })
    .end(html);
}
