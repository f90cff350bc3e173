import type { Reporter } from '../reporter.ts';

/** One message published to a topic. */
export interface TopicMessage {
  readonly topicArn: string;
  readonly message: unknown;
}

export interface Topics {
  publish(topicArn: string, message: unknown): void;
  messages(): readonly TopicMessage[];
}

/** Makes topics that print their messages to the terminal; nobody is paged from local mode. */
export function makeTopics(reporter: Reporter): Topics {
  const messages: TopicMessage[] = [];
  return {
    publish(topicArn, message) {
      messages.push({ topicArn, message });
      reporter.warn(`Page to on-call (not sent in local mode): ${titleOf(message)}`);
    },
    messages: () => messages,
  };
}

function titleOf(message: unknown): string {
  const { content } = (message ?? {}) as { content?: { title?: unknown } };
  return typeof content?.title === 'string' ? content.title : JSON.stringify(message);
}
