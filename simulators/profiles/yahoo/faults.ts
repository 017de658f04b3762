import type { CannedFault } from '../profile.ts';
import { refusalAtBanner, refusalAtDot } from '../refusal.ts';

/** What Yahoo Mail is known to say when something is wrong. */
export const faults: readonly CannedFault[] = [
  refusalAtBanner('smtp', {
    id: 'yahoo.smtp.tss04',
    text: '421 4.7.0 [TSS04] Messages from {ip} temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes',
    confidence: 'R',
    source: 'smtpfieldmanual.com yahoo/421',
  }),
  refusalAtDot({
    id: 'yahoo.smtp.policy',
    text: '554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes',
    confidence: 'I',
    source: 'remembered',
  }),
];
