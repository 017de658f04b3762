import type { ByteStream } from '../../network/byte-stream.ts';

/** The client's side of one connection to a server under test: what is said arrives at once. */
export class Conversation implements ByteStream {
  readonly remoteAddress = '10.0.0.2';
  destroyed = false;
  /** The server does not read for now. */
  paused = false;
  /** How the server ended it. */
  over: 'end' | 'reset' | 'destroyed' | undefined;
  writes = 0;
  #output = '';
  readonly #listeners = new Map<string, ((value: never) => void)[]>();

  write(data: string | Uint8Array): boolean {
    if (this.destroyed) return false;
    this.writes += 1;
    this.#output +=
      typeof data === 'string' ? Buffer.from(data).toString('latin1') : Buffer.from(data).toString('latin1');
    return true;
  }
  end(): void {
    this.over ??= 'end';
  }
  destroy(error?: Error): void {
    this.over ??= error === undefined ? 'destroyed' : 'reset';
    this.destroyed = true;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  on(event: string, listener: (value: never) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }
  removeListener(event: string, listener: (value: never) => void): void {
    this.#listeners.set(
      event,
      (this.#listeners.get(event) ?? []).filter((other) => other !== listener),
    );
  }
  #call(event: string, value?: unknown): void {
    // Listeners take what their event carries, as ByteStream says.
    for (const listener of this.#listeners.get(event) ?? []) listener(value as never);
  }

  /** Everything the server said since the last time, as Latin-1. */
  heard(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }
  /** Says lines in one write; what the server answers at once. */
  say(...lines: readonly string[]): string {
    this.#call('data', Buffer.from(lines.map((line) => `${line}\r\n`).join('')));
    return this.heard();
  }
  sayBytes(bytes: Buffer): string {
    this.#call('data', bytes);
    return this.heard();
  }
  /** The client closes its side; the connection is over. */
  hangUp(): void {
    this.#call('end');
    this.destroyed = true;
    this.#call('close');
  }
}
