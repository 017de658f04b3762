import { fill } from '../profiles/fill.ts';
import { Gate } from '../retrieval/gate.ts';
import { ImapPlan } from './imap-plan.ts';
import type { Reply } from './reply.ts';
import type { ImapSession } from './session.ts';
import { spoken } from './spoken.ts';

/** Where rules and limits have their say on an IMAP session. */
export class ImapGate extends Gate<Reply, ImapPlan> {
  readonly #session: ImapSession;
  /** Whether a limit counts what is sent, which then has to be made before it is. */
  readonly countsReplies: boolean;

  constructor(session: ImapSession) {
    super(session);
    this.#session = session;
    this.countsReplies = session.context.profile.limits.some(
      ({ protocol, unit, judgedAt, enabled }) =>
        protocol === 'imap' && unit === 'bytes' && judgedAt.phase === 'reply' && enabled !== false,
    );
  }

  protected newPlan(): ImapPlan {
    return new ImapPlan();
  }

  protected spoken(text: string, close: boolean): Reply {
    return spoken(text, close);
  }

  protected refusal(text: string, close: boolean): Reply {
    return spoken(fill(text, { command: this.#session.command }), close);
  }
}
