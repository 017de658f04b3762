import type { Cost } from '../limits/limiter.ts';
import { type Manner, outcomeOf } from '../rules/outcome.ts';
import type { Intervention, Phase } from '../rules/rule.ts';
import type { SmtpConversation } from './smtp-conversation.ts';
import { fillReply } from './wording.ts';

/** Where an exchange goes on after rules and limits had their say. */
export interface Course {
  proceed(manner: Manner | undefined): void;
  /** Say this instead, and end the connection after it if `close`. */
  refuse(text: string, close: boolean): void;
}

/** Where rules and limits have their say on a conversation, and what breaches that served it all the same left. */
export class Gate {
  readonly #conversation: SmtpConversation;
  /** Added to the next positive reply. */
  marker: string | undefined;
  /** The connection closes after the next reply. */
  closeAfter = false;
  /** The answer to everything but QUIT. */
  deadReply: string | undefined;
  /** What the sender of the next message is told later. */
  bounce: string | undefined;

  constructor(conversation: SmtpConversation) {
    this.#conversation = conversation;
  }

  /** Asks the rules, and goes on when their delay is over. */
  ask(phase: Phase, command: string | undefined, argument: string | undefined, course: Course): void {
    const conversation = this.#conversation;
    const { rules } = conversation.context;
    const intervention = rules.active ? rules.at(conversation.site(phase, command, argument)) : undefined;
    if (intervention === undefined) course.proceed(undefined);
    else if (intervention.delayMs > 0)
      conversation.later(intervention.delayMs, () => this.carryOut(intervention, course));
    else this.carryOut(intervention, course);
  }

  carryOut(intervention: Intervention, course: Course): void {
    const outcome = outcomeOf(intervention, this.#conversation.means);
    if (outcome.kind === 'end') this.#conversation.end(outcome.how);
    else if (outcome.kind === 'say') course.refuse(outcome.text, outcome.close);
    else course.proceed(outcome.manner);
  }

  /** Asks the limits, and carries a breach out. */
  meet(
    phase: Phase,
    command: string | undefined,
    cost: Cost,
    course: { proceed(): void; refuse(text: string, close: boolean): void },
  ): void {
    const conversation = this.#conversation;
    const { limits, clock } = conversation.context;
    const breach = limits.meet(conversation.limited, conversation.site(phase, command, undefined), cost);
    if (breach === undefined) {
      course.proceed();
      return;
    }
    const { action, retryAtMs } = breach;
    switch (action.action) {
      case 'reject':
        course.refuse(fillReply(action.reply, conversation.fieldOf), action.close ?? false);
        return;
      case 'delay':
        if (retryAtMs === undefined) {
          course.proceed();
          return;
        }
        conversation.later(Math.max(1, retryAtMs - clock.now()), () =>
          this.meet(phase, command, cost, course),
        );
        return;
      case 'silent-close':
        // Once a message is accepted its reply is still said: the silence comes after it.
        if (phase === 'committed') {
          this.closeAfter = true;
          course.proceed();
        } else conversation.end('close');
        return;
      case 'close-after':
        this.closeAfter = true;
        course.proceed();
        return;
      case 'ok-with-marker':
        this.marker = action.marker;
        course.proceed();
        return;
      case 'login-ok-then-dead':
        this.deadReply = fillReply(action.reply, conversation.fieldOf);
        course.proceed();
        return;
      case 'deferred-bounce':
        this.bounce = action.reply;
        course.proceed();
        return;
      default:
        unknownBreach(action);
        return;
    }
  }
}

function unknownBreach(action: never): never {
  throw new Error(
    `No way to carry out the breach ${JSON.stringify(action)} over SMTP: teach meet this action.`,
  );
}
