import type { SmtpConversation } from './smtp-conversation.ts';

/** Ends a conversation whose client has said nothing for as long as the profile allows, while it was its turn. */
export class IdleWatch {
  readonly #conversation: SmtpConversation;
  #timer: object | undefined;
  #lastHeardMs: number;

  constructor(conversation: SmtpConversation) {
    this.#conversation = conversation;
    this.#lastHeardMs = conversation.context.clock.now();
  }

  /** The client has said something, or it is its turn now. */
  heard(): void {
    this.#lastHeardMs = this.#conversation.context.clock.now();
  }

  start(): void {
    this.heard();
    if (this.#timer === undefined) this.#watch(this.#conversation.profile.idleTimeoutMs);
  }

  stop(): void {
    this.#conversation.context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** One timer for a connection's life: it looks when the client was last heard, and sleeps the rest. */
  #watch(delayMs: number): void {
    const conversation = this.#conversation;
    const { clock } = conversation.context;
    this.#timer = clock.setTimeout(() => {
      const idleMs = clock.now() - this.#lastHeardMs;
      const { idleTimeoutMs, replies } = conversation.profile;
      if (conversation.muted && idleMs >= idleTimeoutMs) {
        // Nobody is there to be told; the connection still has to end.
        this.#timer = undefined;
        return void conversation._socket.destroy();
      }
      const ours =
        conversation.waits > 0 ||
        conversation.outbox.holding ||
        conversation._handlerPending ||
        conversation.muted;
      if (ours || idleMs < idleTimeoutMs) return this.#watch(ours ? idleTimeoutMs : idleTimeoutMs - idleMs);
      this.#timer = undefined;
      if (conversation._closing) return void conversation._socket.destroy();
      conversation.answer(replies.timeout ?? '421 4.4.2 {host} Error: timeout exceeded', true);
    }, delayMs);
  }
}
