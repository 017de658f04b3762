import { joined, type Manner } from '../rules/outcome.ts';
import type { Exchange } from './exchange.ts';
import type { SmtpConversation } from './smtp-conversation.ts';
import { fillReply } from './wording.ts';

const softErrorDelayMs = 1000;

/** Everything a conversation says goes through here: rules bend it, errors are counted, and the trace sees it. */
export class ReplyWriter {
  readonly #conversation: SmtpConversation;
  #errors = 0;

  constructor(conversation: SmtpConversation) {
    this.#conversation = conversation;
  }

  /** Says a reply, after those before it, as rules want it said. */
  say(text: string): void {
    const conversation = this.#conversation;
    const exchange = conversation.exchange;
    conversation.outbox.run(() => {
      const { verb, manner } = exchange;
      const interim = verb === 'AUTH' && text.startsWith('3');
      if (!interim) exchange.manner = undefined;
      const judged = interim || exchange.judged || !conversation.context.rules.active;
      const intervention = judged
        ? undefined
        : conversation.context.rules.at(conversation.site('reply', verb, undefined));
      if (!interim) exchange.judged = true;
      if (intervention === undefined) {
        this.#put(exchange, text, manner);
        return;
      }
      const act = (): void =>
        conversation.gate.carryOut(intervention, {
          proceed: (more) => this.#put(exchange, text, joined(manner, more)),
          refuse: (other, close) => {
            this.#put(exchange, fillReply(other, conversation.fieldOf), manner);
            if (close) conversation.hangUp();
          },
        });
      if (intervention.delayMs > 0) conversation.outbox.hold(intervention.delayMs, act);
      else act();
    });
  }

  /** Counts the errors a client makes, and writes. */
  #put(exchange: Exchange, text: string, manner: Manner | undefined): void {
    const conversation = this.#conversation;
    const digit = text.charCodeAt(0);
    if (digit !== 0x34 && digit !== 0x35) {
      this.#write(exchange, text, manner);
      return;
    }
    this.#errors += 1;
    const { softErrors, hardErrors, replies } = conversation.profile;
    const conclude = (): void => {
      this.#write(exchange, text, manner);
      if (this.#errors < hardErrors || text.startsWith('421')) return;
      this.#write(
        exchange,
        fillReply(replies.tooManyErrors ?? '421 4.7.0 {host} Error: too many errors', conversation.fieldOf),
      );
    };
    if (this.#errors > softErrors) conversation.outbox.hold(softErrorDelayMs, conclude);
    else conclude();
  }

  #write(exchange: Exchange, text: string, manner?: Manner): void {
    const conversation = this.#conversation;
    const socket = conversation._socket;
    // While a handshake runs, the socket below would carry plain text into it.
    if (conversation.muted || conversation._upgrading || socket.destroyed || !socket.writable) return;
    if (conversation.gate.marker !== undefined && text.startsWith('2')) {
      text = `${text} ${conversation.gate.marker}`;
      conversation.gate.marker = undefined;
    }
    conversation.context.trace.emit({
      kind: 'reply',
      protocol: 'smtp',
      connection: conversation.id,
      mailbox: conversation.mailbox?.address,
      command: exchange.verb ?? '',
      text,
      sizeBytes: text.length + 2,
    });
    if (manner === undefined) socket.write(`${text}\r\n`);
    else if (!this.#writeBent(`${text}\r\n`, manner)) return;
    if (text.startsWith('421') || (conversation.gate.closeAfter && !text.startsWith('3')))
      conversation.hangUp();
  }

  /** Writes a reply as rules bent it; false when that was the end of the connection. */
  #writeBent(reply: string, manner: Manner): boolean {
    const conversation = this.#conversation;
    const { garbage = [], duplicate, corruptBytes = 0, cut, lost } = manner;
    const socket = conversation._socket;
    if (lost !== undefined) {
      conversation.end(lost);
      return false;
    }
    for (const text of garbage) socket.write(`${text}\r\n`);
    const bytes = Buffer.from(reply);
    if (corruptBytes > 0) {
      const noise = conversation.context.entropy.bytes(
        Math.min(corruptBytes, bytes.length),
        'smtp.corrupt',
        conversation.id,
      );
      noise.copy(bytes);
    }
    if (cut !== undefined) {
      const { afterBytes, afterShare = 0.5, end } = cut;
      const at = afterBytes ?? Math.floor(bytes.length * afterShare);
      // The end comes after the bytes, or a reset would overtake them.
      socket.write(bytes.subarray(0, at), () => conversation.end(end));
      conversation.muted = true;
      return false;
    }
    socket.write(bytes);
    if (duplicate === true) socket.write(bytes);
    return true;
  }
}
