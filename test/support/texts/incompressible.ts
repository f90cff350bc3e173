// gzip finds repeats within 32 KiB: this block takes twice as much, so its copies are not found.
const block = Array.from({ length: 43_000 }, (_, index) =>
  index % 3 === 0 ? pick(0x80, 0x780) : pick(0x23, 0x39),
).join('');

function pick(first: number, count: number): string {
  return String.fromCharCode(first + Math.floor(Math.random() * count));
}

/**
 * Returns about `bytes` of UTF-8 that gzip hardly compresses: random characters of one and two
 * bytes, none of which JSON escapes. The first character is one that SQS rejects.
 */
export function incompressibleText(bytes: number): string {
  const length = Math.floor((bytes * 3) / 4);
  return `\uffff${block.repeat(Math.ceil(length / block.length)).slice(0, length)}`;
}
