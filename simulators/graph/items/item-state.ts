/** What Graph keeps of one message and no other door knows. */
export interface ItemState {
  readonly categories: readonly string[];
  /** Said of the message, over what its header says. */
  readonly importance?: 'low' | 'normal' | 'high';
  readonly inferenceClassification: 'focused' | 'other';
  readonly flagComplete: boolean;
  readonly flagDates?: Readonly<Record<'startDateTime' | 'dueDateTime', object>>;
  /** Values of extended properties, by the one spelling of their ids; `id` is as it was written. */
  readonly extended: ReadonlyMap<string, { readonly id: string; readonly value: string }>;
  /** Names of the attachments of an edited draft, in their order; its attachments are called 0, 1, 2 otherwise. */
  readonly attachmentNames?: readonly number[];
  /** What the next attachment of an edited draft is called. */
  readonly nextAttachmentName?: number;
}

export const plainItem: ItemState = {
  categories: [],
  inferenceClassification: 'focused',
  flagComplete: false,
  extended: new Map(),
};
