/** A message as the server has or had it. */
export interface TrueMessage {
  readonly id: string;
  /** Whether the provider shows it to a client that fetches mail: some show copies of sent mail, too. */
  readonly shown: boolean;
  /** Whether the provider hides it once it was fetched, so that a copy of it looks like the same message come back. */
  readonly hiddenOnceFetched: boolean;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly subject: string;
  readonly arrivedAtMs: number;
  readonly removedAtMs: number | undefined;
  /** `client` when one deleted it through a door of the server, otherwise the operation's word. */
  readonly removedBy: string | undefined;
  /** What its owner and programs made of it; undefined where the provider knows no categories, or it was deleted. */
  readonly categories: readonly string[] | undefined;
}

/** What really happened, by the simulators' own books. */
export interface Truth {
  /** Everything that ever was in a mailbox, in any folder, in the order of arrival. */
  ever(address: string): readonly TrueMessage[];
  /** Where a message is now, and its flags there; undefined once it is gone. */
  placeOf(
    address: string,
    messageId: string,
  ): { readonly folder: string; readonly flags: readonly string[] } | undefined;
  /** How many copies of a message a recipient got: by Message-ID, then by recipient address. */
  readonly accepted: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Whether the provider of a domain files what is sent through it in the Sent folder by itself. */
  filesSent(domain: string): boolean;
  /** How often each Message-ID is in a mailbox's Sent folder now. */
  sentCopies(address: string): ReadonlyMap<string, number>;
  /** The servers of a domain and the most connections each had open at one time. */
  servers(domain: string): readonly { readonly protocol: string; readonly peakOpen: number }[];
}
