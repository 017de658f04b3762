import type { Mechanism } from './mechanism.ts';

/** Google's and Microsoft's bearer tokens: `user=` name ^A `auth=Bearer ` token ^A ^A. */
export const xoauth2: Mechanism = {
  name: 'XOAUTH2',
  prompts: [''],
  read([response = '']) {
    const [, login, token] = /^user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01$/i.exec(response) ?? [];
    return login === undefined || token === undefined
      ? 'malformed'
      : { login, credential: { kind: 'token', token } };
  },
};
