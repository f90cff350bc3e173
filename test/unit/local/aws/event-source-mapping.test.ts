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
const toDelete = (result: unknown, reports = true) =>
  succeeded(batch, result, reports).map(({ MessageId }) => MessageId);

describe('messages of a batch to delete', () => {
  test('are all messages if the function reports no failure', () => {
    expect(toDelete({ batchItemFailures: [] })).toEqual(['1', '2', '3']);
    expect(toDelete(null)).toEqual(['1', '2', '3']);
    expect(toDelete({})).toEqual(['1', '2', '3']);
  });

  test('are all messages except the reported failures', () => {
    expect(toDelete({ batchItemFailures: [{ itemIdentifier: '2' }] })).toEqual(['1', '3']);
  });

  test.each([
    [[{ itemIdentifier: '9' }]],
    [[{ itemIdentifier: '' }]],
    [[{ itemIdentifier: null }]],
    [[null]],
    ['2'],
  ])('are none if the response is invalid: %j', (batchItemFailures) => {
    expect(toDelete({ batchItemFailures })).toEqual([]);
  });

  test('are all messages if the mapping does not support partial responses', () => {
    expect(toDelete({ batchItemFailures: [{ itemIdentifier: '2' }] }, false)).toEqual([
      '1',
      '2',
      '3',
    ]);
  });
});

test('converts a message to the format of a Lambda event', () => {
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
