import { corrupt } from '../rules/corrupt.ts';
import type { Pop3Plan } from './pop3-plan.ts';
import { type Reply, straight } from './reply.ts';
import type { Pop3Session } from './session.ts';

/** Everything a session says goes through here: rules bend it, and the trace sees it. */
export class ReplyWriter {
  readonly #session: Pop3Session;

  constructor(session: Pop3Session) {
    this.#session = session;
  }

  /** Writes a reply as the rules want it, and goes on to the next line. */
  write(reply: Reply): void {
    const session = this.#session;
    const plan = session.gate.plan;
    const lost = plan?.manner.lost;
    if (lost !== undefined) {
      session.halt(lost);
      return;
    }
    const twist = plan === undefined ? straight : plan.twist;
    let line = typeof reply.line === 'string' ? reply.line : reply.line(twist);
    if (session.gate.marker !== undefined && line.startsWith('+OK')) {
      line = `${line} ${session.gate.marker}`;
      session.gate.marker = undefined;
    }
    let body = typeof reply.body === 'function' ? reply.body(twist) : reply.body;
    const corruptBytes = plan?.manner.corruptBytes ?? 0;
    if (corruptBytes > 0 && body !== undefined)
      body = corrupt(Buffer.from(body), corruptBytes, session.context.entropy, session.arrival.connection);
    session.context.trace.emit({
      kind: 'reply',
      protocol: 'pop3',
      connection: session.arrival.connection,
      mailbox: session.maildrop?.mailbox.address,
      command: session.command,
      text: line.split('\r\n', 1)[0] ?? line,
      sizeBytes: line.length + 2 + (body?.length ?? 0),
    });
    if (plan === undefined) {
      session.outlet.add(`${line}\r\n`);
      if (body !== undefined) session.outlet.add(body);
    } else if (!this.#writePlanned(plan, `${line}\r\n`, body)) return;
    if (reply.close === true || session.gate.closeAfter) {
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

  /** False when the connection went with it. */
  #writePlanned({ manner, cutInBody }: Pop3Plan, line: string, body: string | Buffer | undefined): boolean {
    const session = this.#session;
    for (const garbage of manner.garbage ?? []) session.outlet.add(`${garbage}\r\n`);
    const { cut } = manner;
    if (cut === undefined) {
      for (let times = manner.duplicate === true ? 2 : 1; times > 0; times -= 1) {
        session.outlet.add(line);
        if (body !== undefined) session.outlet.add(body);
      }
      return true;
    }
    const head = Buffer.from(line);
    const rest = Buffer.from(body ?? '');
    const whole = cutInBody ? rest : Buffer.concat([head, rest]);
    const { afterBytes, afterShare = 0.5, end } = cut;
    const length = Math.min(whole.length, afterBytes ?? Math.floor(whole.length * afterShare));
    if (cutInBody) session.outlet.add(head);
    session.outlet.add(whole.subarray(0, length));
    // What was written must still arrive, so a peer that vanishes here only stops talking.
    if (end === 'half-open') {
      session.outlet.flush();
      session.mute = true;
    } else session.halt(end);
    return false;
  }
}
