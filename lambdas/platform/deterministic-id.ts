import { createHash } from 'node:crypto';

/**
 * Derives a UUID from `parts`, so that a repeated event produces the same id and duplicates are
 * detected. Version 8 of https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8, from SHA-256.
 */
export function deterministicUuid(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
