import { joined, type Manner, type Outcome } from '../rules/outcome.ts';

/** What the rules that fired so far want of one exchange, gathered from all its phases. */
export class Plan {
  manner: Manner = {};
  say: { readonly text: string; readonly close: boolean } | undefined;
  /** Breaks off in the body alone, since the rule was about the body. */
  cutInBody = false;

  /** Takes in what fired at one site and did not end the exchange. */
  add(outcome: Exclude<Outcome, { kind: 'end' }>, inBody: boolean): void {
    if (outcome.kind === 'say') {
      this.say = { text: outcome.text, close: outcome.close };
      return;
    }
    if (outcome.manner?.cut !== undefined) this.cutInBody = inBody;
    this.manner = joined(this.manner, outcome.manner) ?? this.manner;
  }
}
