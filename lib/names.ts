/**
 * Turns `relay-outbox` and `relay/outbox` into `RelayOutbox`, for construct ids and output names.
 */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/g, (_, initial: string) => initial.toUpperCase());
}
