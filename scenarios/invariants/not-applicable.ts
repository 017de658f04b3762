/** An invariant of engines like this one that POP3 and SMTP cannot show, and why. */
export interface NotApplicable {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
}

/** So that the ledger of a run leaves no number out in silence. */
export const notApplicable: readonly NotApplicable[] = [
  {
    id: 'INV-6',
    name: 'no echo',
    reason:
      'over POP3 the engine writes nothing but deletions, which leave nothing to be read back; mail to itself is mail that arrives',
  },
  { id: 'INV-23', name: 'instant fidelity', reason: 'there are no appointments over POP3 and SMTP' },
  { id: 'INV-24', name: 'recurrence fidelity', reason: 'there are no recurring items over POP3 and SMTP' },
  { id: 'INV-25', name: 'three-way merge', reason: 'a maildrop has no flags or fields to merge' },
];
