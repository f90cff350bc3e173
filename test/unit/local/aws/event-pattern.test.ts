import { describe, expect, test } from '@jest/globals';
import { checkPattern, matchesPattern } from '../../../../local/aws/eventbridge/event-pattern.ts';

const event = {
  source: 'portal',
  'detail-type': 'asset.ready',
  detail: { title: 'Show opener', seconds: 12, tags: ['a', 'b'] },
};

describe('an event pattern', () => {
  test.each([
    [
      'every named field has one of the values',
      { source: ['other', 'portal'], 'detail-type': ['asset.ready'] },
    ],
    ['a nested field has the value', { detail: { seconds: [12] } }],
    ['one item of a list has the value', { detail: { tags: ['b'] } }],
    ['a field exists', { detail: { title: [{ exists: true }] } }],
    ['a field does not exist', { detail: { owner: [{ exists: false }] } }],
    ['a text has the prefix', { 'detail-type': [{ prefix: 'asset.' }] }],
    ['a text has the suffix', { 'detail-type': [{ suffix: '.ready' }] }],
    ['a text is equal except for its case', { source: [{ 'equals-ignore-case': 'PORTAL' }] }],
    ['a text matches a wildcard', { detail: { title: [{ wildcard: 'Show*er' }] } }],
    ['a number is within a range', { detail: { seconds: [{ numeric: ['>', 10, '<=', 12] }] } }],
    ['a value is not excluded', { source: [{ 'anything-but': ['a', { prefix: 'x' }] }] }],
    [
      'one of several alternatives matches',
      { $or: [{ source: ['other'] }, { detail: { seconds: [12] } }] },
    ],
  ])('matches an event if %s', (_, pattern) => {
    expect(matchesPattern(pattern, event)).toBe(true);
  });

  test.each([
    [
      'one of its fields has another value',
      { source: ['portal'], 'detail-type': ['asset.failed'] },
    ],
    ['the pattern has a text and the event a number', { detail: { seconds: ['12'] } }],
    ['a field is missing', { detail: { owner: ['mira'] } }],
    ['an excluded field is missing', { detail: { owner: [{ 'anything-but': ['mira'] }] } }],
    ['a number is out of range', { detail: { seconds: [{ numeric: ['>', 12] }] } }],
    [
      'a wildcard has a question mark, which stands for itself',
      { 'detail-type': [{ wildcard: 'asset?ready' }] },
    ],
  ])('does not match an event if %s', (_, pattern) => {
    expect(matchesPattern(pattern, event)).toBe(false);
  });

  test('is rejected when it is read if it uses an unknown operator', () => {
    expect(() => checkPattern({ detail: { ip: [{ cidr: '10.0.0.0/8' }] } })).toThrow(
      'detail.ip uses cidr',
    );
    expect(() => checkPattern({ source: 'portal' })).toThrow(
      'source is neither a list nor a pattern',
    );
    expect(() => checkPattern({ $or: [{ source: [{ prefix: 'a' }] }] })).not.toThrow();
  });
});
