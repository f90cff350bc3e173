import type { Reporter } from '../reporter.ts';

/** What a topic was given; SNS hands it to whoever subscribes. */
export interface TopicMessage {
  readonly topicArn: string;
  readonly message: unknown;
}

export interface Topics {
  publish(topicArn: string, message: unknown): void;
  messages(): readonly TopicMessage[];
}

/** Topics whose only subscriber is the terminal: nobody is woken from here. */
export function makeTopics(reporter: Reporter): Topics {
  const messages: TopicMessage[] = [];
  return {
    publish(topicArn, message) {
      messages.push({ topicArn, message });
      reporter.warn(`On call would be told: ${titleOf(message)}`);
    },
    messages: () => messages,
  };
}

function titleOf(message: unknown): string {
  const { content } = (message ?? {}) as { content?: { title?: unknown } };
  return typeof content?.title === 'string' ? content.title : JSON.stringify(message);
}
