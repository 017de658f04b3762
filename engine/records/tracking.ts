/** Why an item is tracked: by the rule for the Inbox, by its folder, by its category, or by a person through the API. */
export type TrackedBy = 'automatic' | 'folder' | 'category' | 'manual';

/** What tracking is for one item of a mailbox that is in the store; letting go of it keeps the record. */
export interface Tracking {
  readonly itemId: string;
  readonly emailId: number;
  readonly tracked: boolean;
  readonly by: TrackedBy;
  /** What the record is about, in the application's own words. */
  readonly regarding: string | undefined;
  /** The tracked folder the item is in. */
  readonly folderId: string | undefined;
  /** Whether the item carries the category on the server, as far as is known. */
  readonly marked: boolean;
}

/** Dataverse `mailboxtrackingfolder`: a folder under the Inbox whose messages are tracked. */
export interface TrackingFolder {
  readonly id: number;
  readonly mailboxId: string;
  /** The folder's id at the server; undefined until the path was looked up. */
  readonly folderId: string | undefined;
  /** From the Inbox on, `/` between the names, as it was last seen. */
  readonly path: string | undefined;
  readonly regarding: string | undefined;
  /** `invalid`: not there, or not under the Inbox; it is looked for again from time to time. */
  readonly status: 'unchecked' | 'valid' | 'invalid';
  readonly checkedOn: number | undefined;
}

/** An item a person wants tracked that is not in the store yet. */
export interface TrackingWish {
  readonly id: number;
  readonly itemId: string | undefined;
  /** The Message-ID header. */
  readonly messageId: string | undefined;
  readonly regarding: string | undefined;
}
