/** A message as a door shows it. */
export interface SeenMessage {
  /** Of its bytes. */
  readonly sha256: string;
  readonly subject: string;
  /** Undefined where the door does not show it. */
  readonly read: boolean | undefined;
}

/** What a door shows: by folder, standard ones by their role (`inbox`, `sent`, …) and others by their path in lower case. */
export type DoorView = ReadonlyMap<string, readonly SeenMessage[]>;

/** Something to be done through a door. A door that cannot do it leaves it. */
export type DoorAct =
  | { readonly kind: 'delete'; readonly subject: string }
  | { readonly kind: 'move'; readonly subject: string; readonly folder: string }
  | { readonly kind: 'mark-read'; readonly subject: string; readonly read: boolean }
  | { readonly kind: 'draft'; readonly subject: string; readonly messageId: string }
  | { readonly kind: 'send'; readonly subject: string; readonly messageId: string; readonly to: string };

/** One way into a mailbox, as a program of its owner takes it: a session each time. */
export interface Door {
  readonly name: DoorName;
  /** Absent where a door only takes. */
  view?(): Promise<DoorView>;
  act(what: DoorAct): Promise<void>;
}

export const doorNames = ['pop3', 'smtp', 'imap', 'graph'] as const;
export type DoorName = (typeof doorNames)[number];

/** The mailbox that doors open, and what opens it. */
export interface DoorKey {
  readonly address: string;
  /** A password, and a token of the same text. */
  readonly secret: string;
}
