import type { SampleTraffic } from './sample-traffic.ts';
import type { Picture } from './take-pictures.ts';

const widths = [360, 800, 1_280, 1_600];
const schemes = ['light', 'dark'] as const;

/** Paths of the console that a review looks at, by the name of their picture. */
const pagesOf = ({ processed, exhausted }: SampleTraffic): Readonly<Record<string, string>> => ({
  overview: '',
  events: '/events',
  'events-none': '/events?type=nothing.of.this.type',
  event: `/events/mux/${processed}`,
  'event-exhausted': `/events/mux/${exhausted}`,
  mails: '/mails',
  'mail-requests': '/mails?view=requests',
  jobs: '/jobs',
  outbox: '/outbox',
  'dead-letters': '/dead-letters',
  suppressions: '/suppressions',
  uploads: '/uploads',
});

/** Chooses the pictures of the docs, or those of a review. */
export function choosePictures(
  root: string,
  traffic: SampleTraffic,
  all: boolean,
): readonly Picture[] {
  const pages = pagesOf(traffic);
  if (!all)
    return schemes.flatMap((scheme) =>
      ['overview', 'event'].map((page) => ({
        name: `console-${page}-${scheme}`,
        url: `${root}${pages[page]}`,
        width: 1_280,
        height: 800,
        scheme,
        fullPage: false,
      })),
    );
  return Object.entries(pages).flatMap(([page, path]) =>
    widths.flatMap((width) =>
      schemes.map((scheme) => ({
        name: `${page}-${width}-${scheme}`,
        url: `${root}${path}`,
        width,
        height: 800,
        scheme,
        fullPage: true,
      })),
    ),
  );
}
