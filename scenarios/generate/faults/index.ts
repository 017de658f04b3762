import type { Access } from '../../way.ts';
import type { FaultKind } from './fault-kind.ts';
import { graphIncomingFaults } from './graph-incoming-faults.ts';
import { graphOutgoingFaults } from './graph-outgoing-faults.ts';
import { imapFaults } from './imap-faults.ts';
import { pop3Faults } from './pop3-faults.ts';
import { smtpFaults } from './smtp-faults.ts';

const faults: Readonly<Record<Access, readonly FaultKind[]>> = {
  'pop3-smtp': [...pop3Faults, ...smtpFaults],
  'imap-smtp': [...imapFaults, ...smtpFaults],
  graph: [...graphIncomingFaults, ...graphOutgoingFaults],
};

/** What may go wrong on the way to a provider and passes, both ways of the mail. */
export function faultsOf(access: Access): readonly FaultKind[] {
  return faults[access];
}
