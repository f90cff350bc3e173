/** Response to one POST, and the time that it took. */
export interface DeliveryResponse {
  readonly statusCode: number;
  readonly body: string;
  readonly tookMs: number;
}

export interface DeliveryOptions {
  /** If true, signs with a wrong key. */
  readonly forged?: boolean;
  /** Text to sign and post instead of the event. */
  readonly body?: string;
  readonly signedAt?: Date;
  /** Number of earlier deliveries of this event. */
  readonly earlierAttempts?: number;
}

export interface WebhookSender<Event, Options extends DeliveryOptions = DeliveryOptions> {
  deliver(event: Event, options?: Options): Promise<DeliveryResponse>;
}

export async function postWebhook(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<DeliveryResponse> {
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

/** Posts an event several times in sequence, like a provider that receives no response. */
export async function postTimes<Event>(
  provider: WebhookSender<Event>,
  event: Event,
  times: number,
  options: Omit<DeliveryOptions, 'earlierAttempts'> = {},
): Promise<readonly DeliveryResponse[]> {
  const responses: DeliveryResponse[] = [];
  for (let earlierAttempts = 0; earlierAttempts < times; earlierAttempts += 1)
    responses.push(await provider.deliver(event, { ...options, earlierAttempts }));
  return responses;
}
