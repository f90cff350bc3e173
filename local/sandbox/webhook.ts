/** What became of one POST, as the provider sees it. */
export interface DeliveryAnswer {
  readonly statusCode: number;
  readonly body: string;
  readonly tookMs: number;
}

export interface DeliveryOptions {
  /** Signs with a key that is not the webhook's. */
  readonly forged?: boolean;
  readonly signedAt?: Date;
  /** How often this event was delivered before. */
  readonly earlierAttempts?: number;
}

export interface WebhookSender<Event, Options extends DeliveryOptions = DeliveryOptions> {
  deliver(event: Event, options?: Options): Promise<DeliveryAnswer>;
}

export async function postWebhook(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<DeliveryAnswer> {
  const startedAt = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  return {
    statusCode: response.status,
    body: text,
    tookMs: Math.round(performance.now() - startedAt),
  };
}

/** One event several times, one after the other, as when an answer does not reach the provider. */
export async function postTimes<Event>(
  provider: WebhookSender<Event>,
  event: Event,
  times: number,
  options: Omit<DeliveryOptions, 'earlierAttempts'> = {},
): Promise<readonly DeliveryAnswer[]> {
  const answers: DeliveryAnswer[] = [];
  for (let earlierAttempts = 0; earlierAttempts < times; earlierAttempts += 1)
    answers.push(await provider.deliver(event, { ...options, earlierAttempts }));
  return answers;
}
