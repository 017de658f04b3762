/** What a stored or refused message is to the application, and what its owner sees of that. */
export interface TrackedState {
  readonly stored: boolean;
  readonly tracked: boolean;
  readonly regarding: string | undefined;
  /** The category the server shows; `gone` when the message is not there any more. */
  readonly shows: 'tracked' | 'undeliverable' | 'nothing' | 'gone';
}

/**
 * What is left when a run is over, without times and ids that depend on the way there: two runs that ought to end
 * alike are compared by it.
 */
export interface EndState {
  /** By mailbox: the stored messages, sorted: hashes of those from outside, subjects of copies of sent ones. */
  readonly received: Readonly<Record<string, readonly string[]>>;
  /** By record id: its status by name, and each recipient's outcome, sorted. */
  readonly sent: Readonly<
    Record<string, { readonly status: string; readonly recipients: readonly string[] }>
  >;
  /** By mailbox: how many copies of each record reached a recipient, as `record>recipient`. */
  readonly accepted: Readonly<Record<string, number>>;
  /** By mailbox and workload: whether it still runs. */
  readonly enabled: Readonly<Record<string, boolean>>;
  /** By mailbox: quarantined items. */
  readonly quarantined: Readonly<Record<string, number>>;
  /** Where items are tracked, by mailbox and subject. */
  readonly tracked: Readonly<Record<string, TrackedState>>;
}

/** Differences between two end states, a sentence each; empty when they are alike. */
export function differences(expected: EndState, actual: EndState, only?: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (const part of ['received', 'sent', 'accepted', 'enabled', 'quarantined', 'tracked'] as const) {
    const names = new Set([...Object.keys(expected[part]), ...Object.keys(actual[part])]);
    for (const name of [...names].sort()) {
      if (only !== undefined && !only.has(name)) continue;
      const a = JSON.stringify(expected[part][name]);
      const b = JSON.stringify(actual[part][name]);
      if (a !== b) found.push(`${part} of ${name} is ${shorten(b)} instead of ${shorten(a)}`);
    }
  }
  return found;
}

function shorten(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return text.length <= 160 ? text : `${text.slice(0, 157)}…`;
}
