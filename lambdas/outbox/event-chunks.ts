/** Fields of a PutEvents entry that count towards its size. */
export interface SizedEntry {
  readonly Time?: Date | undefined;
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  readonly Detail?: string | undefined;
  readonly Resources?: readonly string[] | undefined;
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export const MAX_ENTRIES_PER_CALL = 10;

/** Default size of a call. EventBridge accepts 1 MiB since January 2026. */
export const DEFAULT_CALL_BYTES = 1_048_576;

const TIME_BYTES = 14;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
export function entryBytes({ Time, Source, DetailType, Detail, Resources }: SizedEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  return texts.reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    Time === undefined ? 0 : TIME_BYTES,
  );
}

/**
 * Splits items into calls of at most ten entries and `maxBytes` bytes, in order. An entry above
 * `maxBytes` gets a call of its own, so that EventBridge rejects that entry alone.
 */
export function chunkEntries<Item extends { readonly entry: SizedEntry }>(
  items: readonly Item[],
  maxBytes: number,
): readonly (readonly Item[])[] {
  const chunks: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = entryBytes(item.entry);
    const chunk = chunks.at(-1);
    if (chunk !== undefined && chunk.length < MAX_ENTRIES_PER_CALL && bytes + size <= maxBytes) {
      chunk.push(item);
      bytes += size;
    } else {
      chunks.push([item]);
      bytes = size;
    }
  }
  return chunks;
}
