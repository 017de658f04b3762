import type { Clock } from '../ports/clock.ts';
import type { CycleEnd } from '../store/store.ts';

/** How far apart hinted cycles of one mailbox are at least, from one's end on; doubles with each that finds nothing. Ours. */
const firstSpacingMs = 10_000;

export interface HintGateSurroundings {
  readonly clock: Clock;
  /** From the first hint to the cycle. */
  readonly delayMs: number;
  /** The longest that hinted cycles are held apart: after so long one comes by itself. */
  readonly windowMs: number;
  /** Brings the mailbox's next incoming cycle forward to now. */
  readonly bring: (mailboxId: string) => void;
}

interface Gate {
  running: boolean;
  /** Hints before then wait until then. */
  notBefore: number;
  spacingMs: number;
  leastMs: number;
  /** The cycle that runs or comes next is owed to a hint. */
  brought: boolean;
  /** Told while a cycle ran that may have looked before. */
  told: boolean;
  timer: object | undefined;
}

/**
 * Turns what servers tell in IDLE into cycles that begin sooner. Any number of hints in a short time is one cycle; hints
 * that lead to nothing come further and further apart, up to a window; and none leads into a wait of any kind: after a
 * cycle that did not end well the next one comes when it was to come. Nothing depends on it: without it mail is found at
 * the end of each window.
 */
export class HintGate {
  readonly #around: HintGateSurroundings;
  readonly #gates = new Map<string, Gate>();
  /** Hints are wanted. */
  listening = false;

  constructor(around: HintGateSurroundings) {
    this.#around = around;
  }

  /** Something happened in the mailbox's Inbox. */
  told(mailboxId: string): void {
    if (!this.listening) return;
    const gate = this.#gateOf(mailboxId);
    if (gate.running) gate.told = true;
    else this.#arm(mailboxId, gate);
  }

  /**
   * An incoming cycle of the mailbox begins: what was told before is what it finds. `leastMs` is the shortest there may
   * be between two of them.
   */
  began(mailboxId: string, leastMs: number): void {
    const gate = this.#gateOf(mailboxId);
    gate.leastMs = leastMs;
    gate.brought ||= gate.timer !== undefined;
    this.#disarm(gate);
    gate.running = true;
    gate.told = false;
  }

  /** It ended so. */
  ended(mailboxId: string, end: CycleEnd): void {
    const gate = this.#gates.get(mailboxId);
    if (gate === undefined) return;
    gate.running = false;
    if (end.disable) {
      this.#gates.delete(mailboxId);
      return;
    }
    const inVain = gate.brought && end.processed + end.failed === 0;
    gate.spacingMs = inVain ? Math.min(2 * gate.spacingMs, this.#around.windowMs) : firstSpacingMs;
    gate.brought = false;
    gate.notBefore =
      end.wait === 'window' ? end.endedAt + Math.max(gate.spacingMs, gate.leastMs) : end.nextRunAt;
    if (gate.told) this.#arm(mailboxId, gate);
  }

  /** Hears no more. */
  stop(): void {
    this.listening = false;
    for (const gate of this.#gates.values()) this.#disarm(gate);
    this.#gates.clear();
  }

  #arm(mailboxId: string, gate: Gate): void {
    gate.told = false;
    if (gate.timer !== undefined || !this.listening) return;
    const { clock, delayMs, bring } = this.#around;
    const waitMs = Math.max(delayMs, gate.notBefore - clock.now());
    gate.timer = clock.setTimeout(() => {
      gate.timer = undefined;
      gate.brought = true;
      bring(mailboxId);
    }, waitMs);
  }

  #disarm(gate: Gate): void {
    this.#around.clock.clearTimeout(gate.timer);
    gate.timer = undefined;
  }

  #gateOf(mailboxId: string): Gate {
    let gate = this.#gates.get(mailboxId);
    if (gate === undefined) {
      gate = {
        running: false,
        notBefore: 0,
        spacingMs: firstSpacingMs,
        leastMs: 0,
        brought: false,
        told: false,
        timer: undefined,
      };
      this.#gates.set(mailboxId, gate);
    }
    return gate;
  }
}
