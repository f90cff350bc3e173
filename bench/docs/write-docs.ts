/** @returns the files that it wrote. */
export function writeDocs(): readonly string[] {
  return [];
}
