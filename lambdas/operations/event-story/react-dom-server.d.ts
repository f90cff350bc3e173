/** Declares the one function of react-dom/server that this folder calls; it ships no types. */
declare module 'react-dom/server' {
  import type { ReactNode } from 'react';
  export function renderToStaticMarkup(node: ReactNode): string;
}
