import { connectionForEachCycle } from './connection-for-each-cycle.ts';
import { deaf } from './deaf.ts';
import { disableOnTransient } from './disable-on-transient.ts';
import { dropMessage } from './drop-message.ts';
import { fileCopyTwice } from './file-copy-twice.ts';
import { fileCopyWithoutLooking } from './file-copy-without-looking.ts';
import { forgetAgreedFlags } from './forget-agreed-flags.ts';
import { forgetCursor } from './forget-cursor.ts';
import { forgetKeptConnections } from './forget-kept-connections.ts';
import { forgetLedger } from './forget-ledger.ts';
import { forgetLingering } from './forget-lingering.ts';
import { forgetLostConnections } from './forget-lost-connections.ts';
import { forgetOfferedFlags } from './forget-offered-flags.ts';
import { forgetRefusedRecipient } from './forget-refused-recipient.ts';
import { forgetUidvalidity } from './forget-uidvalidity.ts';
import { ignoreToldWait } from './ignore-told-wait.ts';
import { ledgerBeforeItems } from './ledger-before-items.ts';
import { loseAByte } from './lose-a-byte.ts';
import type { Mutant } from './mutant.ts';
import { neverLetGo } from './never-let-go.ts';
import { oneOverTheCap } from './one-over-the-cap.ts';
import { oneQueueForAll } from './one-queue-for-all.ts';
import { resendUnknown } from './resend-unknown.ts';
import { resendWithoutLooking } from './resend-without-looking.ts';
import { retryWholeEnvelope } from './retry-whole-envelope.ts';
import { revokedIsDead } from './revoked-is-dead.ts';
import { secondImapConnection } from './second-imap-connection.ts';
import { silentDisable } from './silent-disable.ts';
import { skipLeftOut } from './skip-left-out.ts';
import { trackWhatCameBack } from './track-what-came-back.ts';
import { trustUidnext } from './trust-uidnext.ts';
import { windowFromStart } from './window-from-start.ts';

/** Every engine that is broken on purpose, by the name a scenario uses. */
export const mutants: readonly Mutant[] = [
  dropMessage,
  loseAByte,
  forgetLedger,
  ledgerBeforeItems,
  resendUnknown,
  retryWholeEnvelope,
  forgetRefusedRecipient,
  windowFromStart,
  ignoreToldWait,
  oneOverTheCap,
  forgetLingering,
  forgetLostConnections,
  disableOnTransient,
  silentDisable,
  forgetCursor,
  trackWhatCameBack,
  neverLetGo,
  resendWithoutLooking,
  revokedIsDead,
  forgetAgreedFlags,
  forgetOfferedFlags,
  forgetUidvalidity,
  trustUidnext,
  skipLeftOut,
  secondImapConnection,
  connectionForEachCycle,
  deaf,
  forgetKeptConnections,
  fileCopyTwice,
  fileCopyWithoutLooking,
  oneQueueForAll,
];

export function mutantNamed(name: string): Mutant | undefined {
  return mutants.find((mutant) => mutant.name === name);
}
