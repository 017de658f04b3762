import type { Site } from './rule.ts';

export interface Decision {
  readonly rule: string;
  /** `fired`, or why it did not. */
  readonly outcome: string;
}

/** What became of the last sites, oldest first; older ones are forgotten. */
export class DecisionLog {
  readonly #size: number;
  readonly #entries: { site: Site; decisions: readonly Decision[] }[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(site: Site, decisions: readonly Decision[]): void {
    this.#entries[this.#next] = { site, decisions };
    this.#next = (this.#next + 1) % this.#size;
  }

  /** A line per site and rule. */
  lines(): string[] {
    const ordered = [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)];
    return ordered.flatMap(({ site, decisions }) =>
      decisions.map(({ rule, outcome }) => `${placeOf(site)}: ${rule}: ${outcome}`),
    );
  }
}

function placeOf({ connection, phase, command, mailbox }: Site): string {
  return [connection, phase, command, mailbox].filter((part) => part !== undefined).join(' ');
}
