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
      'every field that it names has one of the values',
      { source: ['other', 'portal'], 'detail-type': ['asset.ready'] },
    ],
    ['a nested field has the value', { detail: { seconds: [12] } }],
    ['one item of a list has the value', { detail: { tags: ['b'] } }],
    ['a field is there', { detail: { title: [{ exists: true }] } }],
    ['a field is not there', { detail: { owner: [{ exists: false }] } }],
    ['a text begins so', { 'detail-type': [{ prefix: 'asset.' }] }],
    ['a text ends so', { 'detail-type': [{ suffix: '.ready' }] }],
    ['a text is the same but for its case', { source: [{ 'equals-ignore-case': 'PORTAL' }] }],
    ['a text fits a wildcard', { detail: { title: [{ wildcard: 'Show*er' }] } }],
    ['a number is within a range', { detail: { seconds: [{ numeric: ['>', 10, '<=', 12] }] } }],
    ['a value is none of those excluded', { source: [{ 'anything-but': ['a', { prefix: 'x' }] }] }],
    [
      'one of several alternatives fits',
      { $or: [{ source: ['other'] }, { detail: { seconds: [12] } }] },
    ],
  ])('takes an event where %s', (_, pattern) => {
    expect(matchesPattern(pattern, event)).toBe(true);
  });

  test.each([
    [
      'one of its fields has another value',
      { source: ['portal'], 'detail-type': ['asset.failed'] },
    ],
    ['a number is asked for as text', { detail: { seconds: ['12'] } }],
    ['a field is missing', { detail: { owner: ['mira'] } }],
    ['an excluded field is missing', { detail: { owner: [{ 'anything-but': ['mira'] }] } }],
    ['a number is out of range', { detail: { seconds: [{ numeric: ['>', 12] }] } }],
    ['a wildcard means a dot literally', { 'detail-type': [{ wildcard: 'asset?ready' }] }],
  ])('leaves an event where %s', (_, pattern) => {
    expect(matchesPattern(pattern, event)).toBe(false);
  });

  test('is refused when it is read, where it uses an operator that nobody here knows', () => {
    expect(() => checkPattern({ detail: { ip: [{ cidr: '10.0.0.0/8' }] } })).toThrow(
      'detail.ip uses cidr',
    );
    expect(() => checkPattern({ source: 'portal' })).toThrow(
      'source is neither a list nor a pattern',
    );
    expect(() => checkPattern({ $or: [{ source: [{ prefix: 'a' }] }] })).not.toThrow();
  });
});
