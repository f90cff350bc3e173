import { subscribe, unsubscribe } from 'node:diagnostics_channel';

export interface ConnectionWatch {
  /** Returns true if a connection failed and no request was sent since the watch began. */
  wasRefused(): boolean;
  stop(): void;
}

/**
 * Watches the connections of `fetch` in this process, because the `resend` package hides the cause
 * of a failed request. A refused connection is the only failure that proves that Resend received
 * nothing.
 * https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
 */
export function watchConnection(): ConnectionWatch {
  let failed = 0;
  let sent = 0;
  const onError = () => {
    failed += 1;
  };
  const onSent = () => {
    sent += 1;
  };
  subscribe('undici:client:connectError', onError);
  subscribe('undici:client:sendHeaders', onSent);
  return {
    wasRefused: () => failed > 0 && sent === 0,
    stop() {
      unsubscribe('undici:client:connectError', onError);
      unsubscribe('undici:client:sendHeaders', onSent);
    },
  };
}
