import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
}

export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children === undefined ? null : <div className="empty-text">{children}</div>}
    </div>
  );
}

export const Loading = () => (
  <p className="loading" role="status">
    Loading…
  </p>
);

export function LoadFailure({ message }: { readonly message: string }) {
  return (
    <div className="failure" role="alert">
      <p className="empty-title">This could not be loaded</p>
      <p>{message}</p>
    </div>
  );
}
