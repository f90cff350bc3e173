import { type ReactNode, useEffect, useRef } from 'react';

interface PageHeaderProps {
  readonly title: ReactNode;
  readonly summary?: ReactNode;
  /** Controls on the right. */
  readonly children?: ReactNode;
}

let isFirstPage = true;

/** Moves the focus to the heading of a page that was opened by a link inside the console. */
export function PageHeader({ title, summary, children }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return (
    <div className="page-header">
      <div className="page-title">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {summary === undefined ? null : <p>{summary}</p>}
      </div>
      {children === undefined ? null : <div className="page-actions">{children}</div>}
    </div>
  );
}
