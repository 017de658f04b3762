import type { Resource } from '../odata/resource.ts';

/** Something a round has to tell. `kind` is how the round began for it; what is told is how it is when it is told. */
export interface Change {
  readonly id: string;
  readonly kind: 'created' | 'updated';
}

/** What a round goes through, in its order. It never changes: a round that takes days still ends. */
export interface Walk {
  readonly length: number;
  at(index: number): Change;
}

/** A collection whose changes can be followed. */
export interface DeltaSource {
  /** Goes up with every change; the same number means nothing happened. */
  readonly seq: number;
  /** The collection as it is now. */
  everything(): Walk;
  /** What happened after `seq`, each item once. */
  since(seq: number): Walk;
  /** The item as it is now; `gone` when it is not in the collection (any more); undefined when the query hides it. */
  tell(change: Change): Resource | 'gone' | undefined;
  /** How an item that is gone is told. */
  removed(id: string): Resource;
  /** An item nothing happened to, if there is one; `draw` is uniform in [0, 1). */
  bystander(draw: number): Change | undefined;
}
