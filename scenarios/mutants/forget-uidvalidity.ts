import type { Mutant } from './mutant.ts';
import { overhearing } from './overhearing.ts';

export const forgetUidvalidity: Mutant = {
  name: 'forget-uidvalidity',
  bug: 'UIDVALIDITY is not looked at, so that UIDs issued anew are taken for the messages that had them before.',
  breaks: ['settling', 'INV-1'],
  connector: (connector) =>
    overhearing(connector, 993, (said) => said.replace(/UIDVALIDITY \d+/g, 'UIDVALIDITY 7')),
};
