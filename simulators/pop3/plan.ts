import type { Ending } from '../network/end-connection.ts';
import type { Action, Intervention } from '../rules/rule.ts';

import type { Twist } from './reply.ts';

type Cut = Extract<Action, { kind: 'cut' }>;

/** What the rules that fired so far want of one exchange, gathered from all its phases. */
export class Plan {
  /** Goes no further: the connection ends this way, or nothing more is ever said (`hang`). */
  halt: Ending | 'hang' | undefined;
  say: { readonly text: string; readonly close: boolean } | undefined;
  /** Breaks off in the whole reply, or in its body when the rule was about the body. */
  cut: { readonly action: Cut; readonly inBody: boolean } | undefined;
  /** The effect happens; instead of the reply the connection ends this way. */
  drop: Ending | undefined;
  duplicate = false;
  corruptBytes = 0;
  readonly garbage = new Set<string>();
  readonly #lies = new Map<string, number>();
  readonly #flips = new Set<Twist['flips'][number]>();

  get twist(): Twist {
    return {
      lie: (field) => (this.#lies.get(field) ?? 0) + (field === 'COUNT' ? 0 : (this.#lies.get('SIZE') ?? 0)),
      flips: [...this.#flips],
    };
  }

  /**
   * Takes in what fired at one site. A rule may fire at several phases of one exchange, so that the last word on one
   * thing counts and nothing adds up. `kill`, `slice` and `bandwidth` go to `at`.
   */
  add({ actions }: Intervention, inBody: boolean, at: ImmediateEffects): void {
    for (const action of actions) {
      switch (action.kind) {
        case 'hang':
        case 'reset':
        case 'close':
        case 'half-open':
          this.halt = action.kind;
          break;
        case 'refuse':
          this.halt = 'reset';
          break;
        case 'tls':
          this.halt = action.fault === 'stall' ? 'hang' : 'reset';
          break;
        case 'reply':
          this.say = { text: action.text.replaceAll('\n', '\r\n'), close: action.close === true };
          break;
        case 'cut':
          this.cut = { action, inBody };
          break;
        case 'commit-then-drop':
          this.drop = action.end ?? 'reset';
          break;
        case 'duplicate-reply':
          this.duplicate = true;
          break;
        case 'corrupt':
          this.corruptBytes = action.bytes;
          break;
        case 'garbage':
          this.garbage.add(action.text);
          break;
        case 'lie':
          this.#lies.set(action.field.toUpperCase(), action.delta);
          break;
        case 'flip':
          if (action.field.toUpperCase() === 'UIDL') this.#flips.add(action.how);
          break;
        case 'slice':
          at.shape({ maxPacketBytes: action.maxBytes });
          break;
        case 'bandwidth':
          at.shape({ bytesPerSecond: action.bytesPerSecond });
          break;
        case 'kill':
          at.kill();
          break;
        default:
          unknownAction(action);
      }
    }
  }
}

export interface ImmediateEffects {
  shape(wire: { maxPacketBytes?: number; bytesPerSecond?: number }): void;
  kill(): void;
}

function unknownAction(action: never): never {
  throw new TypeError(`POP3 does not know the action ${JSON.stringify(action)}: add it to plan.ts.`);
}
