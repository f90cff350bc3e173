import { expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { StoryTimeline } from '../../../lambdas/operations/event-story/story-timeline.tsx';

const render = (detail: string) =>
  renderToStaticMarkup(
    <StoryTimeline
      steps={[{ at: '2026-03-01T00:00:00Z', tone: 'bad', title: 'T', detail, sinceDeliveryMs: 0 }]}
      formatTime={() => '00:00'}
    />,
  );

test('folds the stack of an error, one frame a line', () => {
  const html = render(
    'contradictory-film: the ids differ at reduce (/app/reduce.ts:79:3) ' +
      'at Object.apply (/app/apply.ts:1:2) at file:///app/index.mjs:9:9',
  );

  expect(html).toContain('<p class="step-detail">contradictory-film: the ids differ</p>');
  expect(html).toContain(
    '<pre>at reduce (/app/reduce.ts:79:3)\nat Object.apply (/app/apply.ts:1:2)\n' +
      'at file:///app/index.mjs:9:9</pre>',
  );
});

test.each([
  'The mail was sent at 10:15 to ana',
  'look at https://example.org/a:1:2x',
  'Failed at (unknown)',
])('leaves "%s" as it is', (detail) => {
  const html = render(detail);

  expect(html).toContain(`<p class="step-detail">${detail}</p>`);
  expect(html).not.toContain('<details');
});
