import { type Mutant, overriding } from './mutant.ts';

export const forgetRefusedRecipient: Mutant = {
  name: 'forget-refused-recipient',
  bug: 'A recipient the server refused is recorded as accepted.',
  breaks: ['INV-9'],
  store: (store) =>
    overriding(store, {
      recordSend: (lease, result, end) =>
        store.recordSend(
          lease,
          {
            ...result,
            recipients: result.recipients.map((one) =>
              one.outcome === 'refused' ? { ...one, outcome: 'accepted' } : one,
            ),
          },
          end,
        ),
    }),
};
