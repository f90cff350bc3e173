import type { AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';

// Not imports: see aws-request.ts.
const { Agent } = process.getBuiltinModule('node:https');
const { isIP } = process.getBuiltinModule('node:net');

type ConnectionOptions = Parameters<InstanceType<typeof Agent>['createConnection']>[0];

/**
 * Keeps connections as https.globalAgent does, and opens one before there is anything to send over it, for whoever asks
 * first. Of that one the TLS session is not kept: what replaces it begins anew.
 */
export class EarlyAgent extends Agent {
  readonly #early = new Map<string, Duplex | undefined>();

  constructor(options: AgentOptions = {}) {
    // As https.globalAgent has them.
    super({ keepAlive: true, scheduling: 'lifo', timeout: 5_000, ...options });
  }

  /** Once for each place, and never again. Whether it is any good shows when it is wanted. */
  open(host: string, port: number): void {
    const place = placeOf({ host, port });
    if (this.#early.has(place)) return;
    const servername = isIP(host) ? '' : host;
    const socket = super.createConnection({ ...this.options, host, port, servername });
    if (!socket) return;
    // Nobody waits for it, and an error that nobody hears ends the process.
    socket.on('error', () => {});
    // Who takes it has a limit of their own.
    socket.on('timeout', () => this.#early.get(place) === socket && socket.destroy());
    this.#early.set(place, socket);
  }

  override createConnection(
    options: ConnectionOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ) {
    const place = placeOf(options);
    const early = this.#early.get(place);
    if (early === undefined) return super.createConnection(options, callback);
    this.#early.set(place, undefined);
    return early.writable ? early : super.createConnection(options, callback);
  }

  override destroy(): void {
    for (const early of this.#early.values()) early?.destroy();
    super.destroy();
  }
}

const placeOf = ({ host, port }: ConnectionOptions) => `${host}:${port}`;
