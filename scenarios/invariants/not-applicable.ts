/** An invariant of engines like this one that mail alone cannot show, and why. */
export interface NotApplicable {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
}

/** So that the ledger of a run leaves no number out in silence. */
export const notApplicable: readonly NotApplicable[] = [
  { id: 'INV-23', name: 'instant fidelity', reason: 'appointments are not synchronized' },
  { id: 'INV-24', name: 'recurrence fidelity', reason: 'recurring items are not synchronized' },
];
