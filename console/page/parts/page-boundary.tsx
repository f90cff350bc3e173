import { Component, type ReactNode } from 'react';
import { messageOf } from '../app/api-client.ts';
import { LoadState } from './empty-state.tsx';

interface PageBoundaryProps {
  /** Path of the page; another page is drawn again after an error. */
  readonly place: string;
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly error: string | undefined;
}

/** Shows the error of a page that cannot be drawn, so that the navigation stays. */
export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override state: PageBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): PageBoundaryState {
    return { error: `The page failed: ${messageOf(error)}. Load it again.` };
  }

  override componentDidUpdate({ place }: PageBoundaryProps): void {
    if (place !== this.props.place && this.state.error !== undefined)
      this.setState({ error: undefined });
  }

  override render() {
    const { error } = this.state;
    return error === undefined ? this.props.children : <LoadState isLoaded={false} error={error} />;
  }
}
