import { describe, expect, test } from '@jest/globals';
import { succeeded, toRecord } from '../../../../local/aws/lambda/event-source-mapping.ts';
import type { ReceivedMessage } from '../../../../local/aws/sqs.ts';

const message = (MessageId: string): ReceivedMessage => ({
  MessageId,
  ReceiptHandle: `r-${MessageId}`,
  Body: '{}',
  MD5OfBody: 'm',
});
const batch = [message('1'), message('2'), message('3')];
const done = (result: unknown, reports = true) =>
  succeeded(batch, result, reports).map(({ MessageId }) => MessageId);

describe('of a batch, what is deleted from the queue', () => {
  test('is everything, where the function names no failure', () => {
    expect(done({ batchItemFailures: [] })).toEqual(['1', '2', '3']);
    expect(done(null)).toEqual(['1', '2', '3']);
    expect(done({})).toEqual(['1', '2', '3']);
  });

  test('is everything but the failures that the function names', () => {
    expect(done({ batchItemFailures: [{ itemIdentifier: '2' }] })).toEqual(['1', '3']);
  });

  test.each([
    [[{ itemIdentifier: '9' }]],
    [[{ itemIdentifier: '' }]],
    [[{ itemIdentifier: null }]],
    [[null]],
    ['2'],
  ])('is nothing, where the answer makes no sense: %j', (batchItemFailures) => {
    expect(done({ batchItemFailures })).toEqual([]);
  });

  test('is everything, where the mapping does not ask for partial answers', () => {
    expect(done({ batchItemFailures: [{ itemIdentifier: '2' }] }, false)).toEqual(['1', '2', '3']);
  });
});

test('a message reaches its function in the shape that Lambda gives it', () => {
  const received = {
    ...message('1'),
    Attributes: { ApproximateReceiveCount: '2' },
    MessageAttributes: { source: { DataType: 'String', StringValue: 'mux' } },
  };
  expect(toRecord(received, { queueArn: 'arn:q', region: 'ap-southeast-2' })).toEqual({
    messageId: '1',
    receiptHandle: 'r-1',
    body: '{}',
    attributes: { ApproximateReceiveCount: '2' },
    messageAttributes: {
      source: {
        stringValue: 'mux',
        stringListValues: [],
        binaryListValues: [],
        dataType: 'String',
      },
    },
    md5OfBody: 'm',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:q',
    awsRegion: 'ap-southeast-2',
  });
});
