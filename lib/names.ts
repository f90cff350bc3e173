/** `relay-outbox` and `relay/outbox` become `RelayOutbox`: construct ids and the names of stack outputs. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/g, (_, initial: string) => initial.toUpperCase());
}
