import { corrupt } from '../rules/corrupt.ts';
import type { ImapPlan } from './imap-plan.ts';
import { type Data, type Reply, straight } from './reply.ts';
import type { ImapSession } from './session.ts';

/** So much data is made before what was made is sent; a client that reads slowly is waited for. */
const chunkBytes = 1 << 16;

/** Everything a session says goes through here: rules bend it, and the trace sees it. */
export class ReplyWriter {
  readonly #session: ImapSession;
  /** Text that was not handed to the outlet yet. */
  #text = '';
  #sizeBytes = 0;
  /** The reply that waits for a slow client. */
  #resume: (() => void) | undefined;

  constructor(session: ImapSession) {
    this.#session = session;
  }

  /** Writes the answer to the running command as the rules want it, and goes on to the next. */
  write(reply: Reply): void {
    const session = this.#session;
    const plan = session.gate.plan;
    const lost = plan?.manner.lost;
    if (lost !== undefined) {
      session.halt(lost);
      return;
    }
    const given = reply.data ?? [];
    const data = typeof given === 'function' ? given(plan?.twist ?? straight) : given;
    this.#sizeBytes = 0;
    if (plan !== undefined) {
      this.#writePlanned(plan, [...data, ...this.#ending(reply)], reply);
      return;
    }
    this.#stream(data[Symbol.iterator](), () => {
      for (const piece of this.#ending(reply)) this.#add(piece);
      this.#conclude(reply);
    });
  }

  /** The client reads again. False when nothing was waiting for that. */
  drained(): boolean {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
    return resume !== undefined;
  }

  /** Untagged lines outside any answer. */
  push(data: Data): void {
    for (const piece of data) this.#add(piece);
    this.#settle();
    this.#session.outlet.flush();
  }

  #stream(pieces: Iterator<string | Buffer>, then: () => void): void {
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
      this.#add(next.value);
      if (this.#text.length + this.#session.outlet.pendingBytes < chunkBytes) continue;
      this.#settle();
      if (this.#session.outlet.flush()) continue;
      this.#resume = () => this.#stream(pieces, then);
      return;
    }
    then();
  }

  #add(piece: string | Buffer): void {
    this.#sizeBytes += piece.length;
    if (typeof piece === 'string') this.#text += piece;
    else {
      this.#settle();
      this.#session.outlet.add(piece);
    }
  }

  #settle(): void {
    if (this.#text === '') return;
    this.#session.outlet.add(Buffer.from(this.#text, 'latin1'));
    this.#text = '';
  }

  /** What the selected mailbox has to tell, and the tagged line. */
  #ending(reply: Reply): readonly string[] {
    const session = this.#session;
    // A command nobody understood tells nothing.
    const silent = reply.raw === true || reply.close === true || reply.line.startsWith('BAD');
    const { lines, modSeq } = silent ? { lines: [], modSeq: undefined } : session.updates();
    const updates = [...lines];
    let { line } = reply;
    if (modSeq !== undefined && /^OK (?!\[)/.test(line))
      line = line.replace('OK ', `OK [HIGHESTMODSEQ ${modSeq}] `);
    else if (modSeq !== undefined) updates.push(`* OK [HIGHESTMODSEQ ${modSeq}] Highest\r\n`);
    if (session.gate.marker !== undefined && line.startsWith('OK')) {
      line = `${line} ${session.gate.marker}`;
      session.gate.marker = undefined;
    }
    // Nothing is said after BYE.
    if (session.inconsistent) return updates;
    return [...updates, `${reply.raw === true ? '' : `${session.tag} `}${line}\r\n`];
  }

  #conclude(reply: Reply): void {
    const session = this.#session;
    this.#settle();
    session.context.trace.emit({
      kind: 'reply',
      protocol: 'imap',
      connection: session.arrival.connection,
      mailbox: session.mailbox?.address,
      command: session.command,
      text: firstLine(reply.line),
      sizeBytes: this.#sizeBytes,
    });
    if (reply.close === true || session.gate.closeAfter || session.inconsistent) {
      session.end();
      return;
    }
    session.gate.plan = undefined;
    if (reply.afterwards === undefined) session.finish();
    else {
      session.outlet.flush();
      reply.afterwards();
    }
  }

  #writePlanned(plan: ImapPlan, pieces: readonly (string | Buffer)[], reply: Reply): void {
    const session = this.#session;
    const { manner, cutInBody } = plan;
    for (const garbage of manner.garbage ?? []) this.#add(`${garbage}\r\n`);
    const lie = plan.twist.lie('LITERAL');
    const spoilt = pieces.map((piece, index) =>
      typeof piece === 'string' && lie !== 0 && typeof pieces[index + 1] === 'object'
        ? piece.replace(/\{(\d+)\}\r\n$/, (_whole, size: string) => `{${Number(size) + lie}}\r\n`)
        : typeof piece === 'object' && manner.corruptBytes !== undefined
          ? corrupt(
              piece,
              manner.corruptBytes,
              session.context.entropy,
              session.arrival.connection,
              'imap.corrupt',
            )
          : piece,
    );
    const { cut } = manner;
    if (cut === undefined) {
      for (let times = manner.duplicate === true ? 2 : 1; times > 0; times -= 1)
        for (const piece of spoilt) this.#add(piece);
      this.#conclude(reply);
      return;
    }
    const { afterBytes, afterShare = 0.5, end } = cut;
    // In the body means in the first literal, where there is one.
    const literal = cutInBody ? spoilt.findIndex((piece) => typeof piece === 'object') : -1;
    const before = bytesOf(spoilt.slice(0, Math.max(0, literal)));
    const broken = literal < 0 ? bytesOf(spoilt) : bytesOf(spoilt.slice(literal, literal + 1));
    const length = Math.min(broken.length, afterBytes ?? Math.floor(broken.length * afterShare));
    session.outlet.add(before);
    session.outlet.add(broken.subarray(0, length));
    // What was written must still arrive, so a peer that vanishes here only stops talking.
    if (end === 'half-open') {
      session.outlet.flush();
      session.mute = true;
    } else session.halt(end);
  }
}

function firstLine(text: string): string {
  const end = text.indexOf('\r\n');
  return end < 0 ? text : text.slice(0, end);
}

function bytesOf(pieces: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)),
  );
}
