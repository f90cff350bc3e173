/** One message, its header included. A startup message has no type. */
export interface WireMessage {
  readonly type: string;
  readonly bytes: Buffer;
}

const SSL_REQUEST_CODE = 80_877_103;

/** Splits a stream into messages. The first messages of a client have no type. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);
  #hasTypes: boolean;

  constructor({ isClient = false } = {}) {
    this.#hasTypes = !isClient;
  }

  startupDone(): void {
    this.#hasTypes = true;
  }

  *read(data: Buffer): Generator<WireMessage> {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    for (;;) {
      const header = this.#hasTypes ? 1 : 0;
      if (this.#rest.length < header + 4) return;
      const end = header + this.#rest.readUInt32BE(header);
      if (this.#rest.length < end) return;
      const bytes = this.#rest.subarray(0, end);
      this.#rest = this.#rest.subarray(end);
      yield { type: header === 0 ? '' : String.fromCharCode(bytes.readUInt8(0)), bytes };
    }
  }
}

export const isSslRequest = ({ bytes }: WireMessage): boolean =>
  bytes.length === 8 && bytes.readUInt32BE(4) === SSL_REQUEST_CODE;

function message(type: string, payload: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.write(type, 0);
  header.writeUInt32BE(payload.length + 4, 1);
  return Buffer.concat([header, payload]);
}

export const authenticationOk = message('R', Buffer.alloc(4));
export const readyForQuery = message('Z', Buffer.from('I'));

export const fatalError = (code: string, text: string): Buffer =>
  message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));
