import { connect, createServer, type Server, type Socket } from 'node:net';
import {
  authenticationOk,
  fatalError,
  isSslRequest,
  MessageReader,
  readyForQuery,
  type WireMessage,
} from './wire-protocol.ts';

export interface PoolerSettings {
  readonly host: string;
  readonly port: number;
  /** Maximum of connections to the server. Further transactions wait. */
  readonly serverConnections: number;
}

/** Connection to the server, which serves one transaction of a client at a time. */
interface ServerConnection {
  readonly socket: Socket;
  client: Client | undefined;
}

interface Client {
  readonly socket: Socket;
  /** Startup message, sent again for each connection to the server. */
  startup: Buffer | undefined;
  server: ServerConnection | undefined;
  /** Data that waits for a connection to the server. */
  readonly waiting: Buffer[];
  /** Number of results that the server still owes. */
  pending: number;
}

/**
 * Makes a pooler in transaction mode: each transaction can get another connection to the server, so
 * code that relies on a session fails. Named statements are not supported.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function makeTransactionPooler(settings: PoolerSettings): Server {
  const servers = new ServerConnections(settings);
  return createServer((socket) => {
    const client: Client = {
      socket,
      startup: undefined,
      server: undefined,
      waiting: [],
      pending: 0,
    };
    serve(client, servers);
    socket.on('close', () => servers.drop(client));
  });
}

class ServerConnections {
  readonly #settings: PoolerSettings;
  readonly #idle = new Set<ServerConnection>();
  /** Clients that wait for a connection, in order. */
  readonly #queue = new Set<Client>();
  #count = 0;

  constructor(settings: PoolerSettings) {
    this.#settings = settings;
  }

  /** Sends the waiting data of a client as soon as a connection is free. */
  acquire(client: Client): void {
    if (client.server !== undefined || this.#queue.has(client)) return;
    const [server] = this.#idle;
    if (server !== undefined) {
      this.#idle.delete(server);
      attach(client, server);
    } else if (this.#count < this.#settings.serverConnections) this.#open(client);
    else this.#queue.add(client);
  }

  /** Closes the connection of a client that left amid a transaction, which Postgres rolls back. */
  drop(client: Client): void {
    this.#queue.delete(client);
    if (client.server === undefined) return;
    client.server.client = undefined;
    client.server.socket.destroy();
  }

  #open(client: Client): void {
    const { port, host } = this.#settings;
    this.#count += 1;
    const socket = connect(port, host).setNoDelay(true);
    const server: ServerConnection = { socket, client };
    client.server = server;
    const reader = new MessageReader();
    let isStarted = false;
    socket.on('connect', () => socket.write(client.startup ?? Buffer.alloc(0)));
    socket.on('data', (data) => {
      for (const message of reader.read(data)) {
        if (isStarted) this.#forward(server, message);
        else if (message.type === 'Z') {
          isStarted = true;
          if (server.client === undefined) this.#release(server);
          else attach(server.client, server);
        }
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#onClose(server));
  }

  #onClose(server: ServerConnection): void {
    this.#count -= 1;
    this.#idle.delete(server);
    if (server.client !== undefined) {
      server.client.server = undefined;
      // PgBouncer ends the client with an error of class 08 as well.
      server.client.socket.end(fatalError('08006', 'server connection crashed'));
    }
    const next = this.#takeNext();
    if (next !== undefined) this.#open(next);
  }

  /** Passes a message on, and releases the connection after the end of a transaction. */
  #forward(server: ServerConnection, { type, bytes }: WireMessage): void {
    const { client } = server;
    client?.socket.write(bytes);
    if (client === undefined || type !== 'Z') return;
    client.pending -= 1;
    if (client.pending > 0 || bytes.at(5) !== IDLE) return;
    client.server = undefined;
    this.#release(server);
  }

  #release(server: ServerConnection): void {
    server.client = undefined;
    const next = this.#takeNext();
    if (next === undefined) this.#idle.add(server);
    else attach(next, server);
  }

  #takeNext(): Client | undefined {
    const [next] = this.#queue;
    if (next !== undefined) this.#queue.delete(next);
    return next;
  }
}

/** Status in ReadyForQuery outside a transaction. */
const IDLE = 'I'.charCodeAt(0);

function attach(client: Client, server: ServerConnection): void {
  client.server = server;
  server.client = client;
  for (const data of client.waiting.splice(0)) server.socket.write(data);
}

/** Reads the messages of a client, and asks for a connection when a transaction begins. */
function serve(client: Client, servers: ServerConnections): void {
  const { socket } = client;
  const reader = new MessageReader({ isClient: true });
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (data) => {
    for (const message of reader.read(data)) {
      if (client.startup === undefined) start(client, message, reader);
      else if (message.type === 'X') socket.end();
      else send(client, message, servers);
    }
  });
}

function start(client: Client, message: WireMessage, reader: MessageReader): void {
  if (isSslRequest(message)) {
    client.socket.write('N');
    return;
  }
  client.startup = message.bytes;
  reader.startupDone();
  client.socket.write(Buffer.concat([authenticationOk, readyForQuery]));
}

function send(client: Client, { type, bytes }: WireMessage, servers: ServerConnections): void {
  // Each of these messages is answered with ReadyForQuery.
  if (type === 'Q' || type === 'S') client.pending += 1;
  if (client.server === undefined || client.waiting.length > 0) client.waiting.push(bytes);
  else client.server.socket.write(bytes);
  servers.acquire(client);
}
