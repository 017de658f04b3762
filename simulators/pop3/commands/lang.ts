import { has } from '../capabilities.ts';
import type { Pop3Command } from '../command.ts';

/** RFC 6856 section 3. There is one language, English, and `*` is it. */
export const lang: Pop3Command = {
  verb: 'LANG',
  states: ['authorization', 'transaction'],
  grammar: 'optional-text',
  offered: (profile) => has(profile, 'LANG'),
  run(session, { text }, answer) {
    const wanted = text.toLowerCase();
    if (wanted === '') answer({ ...session.say('languages'), body: 'en English\r\n.\r\n' });
    else if (wanted === 'en' || wanted === '*') answer(session.say('languageChanged', { language: 'en' }));
    else answer(session.bad('languageUnknown'));
  },
};
