import { EmailStatus } from '../../engine/records/email.ts';
import { type Mutant, overriding } from './mutant.ts';

export const resendUnknown: Mutant = {
  name: 'resend-unknown',
  bug: 'A message whose final reply was lost goes back to Pending Send and is handed over again.',
  breaks: ['INV-7', 'INV-9'],
  store: (store) =>
    overriding(store, {
      recordSend: (lease, result, end) =>
        store.recordSend(
          lease,
          result.status === EmailStatus.uncertain
            ? {
                ...result,
                status: EmailStatus.pendingSend,
                recipients: result.recipients.map((one) => ({ ...one, outcome: 'pending' })),
              }
            : result,
          end,
        ),
    }),
};
