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

const Loading = () => (
  <p className="loading" role="status">
    Loading…
  </p>
);

interface LoadStateProps {
  /** True if data of an earlier reading is shown. */
  readonly isLoaded: boolean;
  readonly error: string | undefined;
}

/** Shows that a reading runs or failed; nothing if the newest reading succeeded. */
export function LoadState({ isLoaded, error }: LoadStateProps) {
  if (error === undefined) return isLoaded ? null : <Loading />;
  return (
    <div className="failure" role="alert">
      <p className="empty-title">
        {isLoaded ? 'This could not be updated' : 'This could not be loaded'}
      </p>
      <p>{error}</p>
    </div>
  );
}
