import { Gate } from '../retrieval/gate.ts';
import { Pop3Plan } from './pop3-plan.ts';
import type { Reply } from './reply.ts';

/** Where rules and limits have their say on a POP3 session. */
export class Pop3Gate extends Gate<Reply, Pop3Plan> {
  protected newPlan(): Pop3Plan {
    return new Pop3Plan();
  }

  protected spoken(text: string, close: boolean): Reply {
    return { line: text.replaceAll('\n', '\r\n'), close };
  }

  protected refusal(line: string, close: boolean): Reply {
    return { line, close };
  }
}
