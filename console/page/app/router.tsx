import { type ReactNode, useSyncExternalStore } from 'react';

const CHANGED = 'console-navigated';

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener);
  addEventListener(CHANGED, listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener(CHANGED, listener);
  };
}

/** Returns the address behind `/console`, for example `/events?status=failed`. */
const readAddress = () => `${location.pathname.slice('/console'.length)}${location.search}`;

export interface Address {
  /** Decoded parts of the path. */
  readonly parts: readonly string[];
  readonly parameters: URLSearchParams;
}

export function useAddress(): Address {
  const address = useSyncExternalStore(subscribe, readAddress);
  const [path = '', query = ''] = address.split(/\?(.*)/s);
  return {
    parts: path.split('/').filter(Boolean).map(decode),
    parameters: new URLSearchParams(query),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param path Path behind `/console`. */
export function navigate(path: string, { replace = false } = {}): void {
  const target = `/console${path}`;
  if (replace) history.replaceState(null, '', target);
  else history.pushState(null, '', target);
  dispatchEvent(new Event(CHANGED));
  if (!replace) scrollTo(0, 0);
}

interface LinkProps {
  readonly to: string;
  readonly className?: string | undefined;
  readonly isCurrent?: boolean;
  readonly label?: string;
  readonly children: ReactNode;
}

/** Changes the page without loading it again, unless a key asks for a new tab. */
export function Link({ to, className, isCurrent = false, label, children }: LinkProps) {
  return (
    <a
      href={`/console${to}`}
      className={className}
      aria-current={isCurrent ? 'page' : undefined}
      aria-label={label}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}

export const eventPath = (provider: string, event: string): string =>
  `/events/${encodeURIComponent(provider)}/${encodeURIComponent(event)}`;
