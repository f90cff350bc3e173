/**
 * Returns about `bytes` of UTF-8 that gzip hardly compresses: random characters of one and two
 * bytes, none of which JSON escapes. The first character is one that SQS rejects.
 */
export function incompressibleText(bytes: number): string {
  const pick = (first: number, count: number) =>
    String.fromCharCode(first + Math.floor(Math.random() * count));
  const characters = Array.from({ length: (bytes * 3) / 4 }, (_, index) =>
    index % 3 === 0 ? pick(0x80, 0x780) : pick(0x23, 0x39),
  );
  return `\uffff${characters.join('')}`;
}
