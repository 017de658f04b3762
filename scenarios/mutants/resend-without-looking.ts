import { EmailStatus } from '../../engine/records/email.ts';
import { type Mutant, overriding } from './mutant.ts';

const emptyList = (): Response => Response.json({ value: [] });
const notThere = (): Response =>
  Response.json({ error: { code: 'ErrorItemNotFound', message: 'Not looked for.' } }, { status: 404 });

export const resendWithoutLooking: Mutant = {
  name: 'resend-without-looking',
  bug: 'A message whose sending through Graph was not answered for is sent again, without a look at what became of it.',
  breaks: ['INV-7', 'INV-9'],
  connector: (connector) => ({
    connect: (to, signal) => connector.connect(to, signal),
    upgrade: (stream, to, signal) => connector.upgrade(stream, to, signal),
    connectSocket: (to, signal) => connector.connectSocket(to, signal),
    fetch: async (url, init, trust) => {
      if (url.includes('internetMessageId')) return emptyList();
      if (url.includes('$select=id,isDraft')) return notThere();
      return connector.fetch(url, init, trust);
    },
  }),
  store: (store) =>
    overriding(store, {
      recordSend: async (lease, result, end) => {
        if (result.status !== EmailStatus.uncertain) return store.recordSend(lease, result, end);
        await store.markDraft(lease, result.emailId, undefined);
        await store.markHanded(lease, result.emailId, undefined);
        const recipients = result.recipients.map((one) => ({ ...one, outcome: 'pending' as const }));
        return store.recordSend(lease, { ...result, status: EmailStatus.pendingSend, recipients }, end);
      },
    }),
};
