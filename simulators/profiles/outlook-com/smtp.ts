import { smtp as exchangeOnline } from '../exchange-online/smtp.ts';
import type { SmtpProfile } from '../profile.ts';

/** Consumer accounts: the front ends of Exchange Online under another name. */
export const smtp: SmtpProfile = {
  ...exchangeOnline,
  host: 'smtp-mail.outlook.com',
  facts: {
    ...exchangeOnline.facts,
    host: { confidence: 'D', source: 'support.microsoft.com "Sending limits in Outlook.com"' },
    maxMessageBytes: { confidence: 'D', source: 'support.microsoft.com "Sending limits in Outlook.com"' },
  },
};
